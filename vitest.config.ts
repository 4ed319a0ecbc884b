import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

/**
 * Starts the tests on real servers first. They take longest, and the last of them would otherwise
 * run alone.
 */
class ServersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isOnServer = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(".int.test.ts");
    return (await super.sort(files)).toSorted((a, b) => Number(isOnServer(b)) - Number(isOnServer(a)));
  }
}

export default defineConfig({
  test: {
    projects: [
      "packages/*",
      "apps/*",
      "examples/*",
      "tools/simulation",
      "tools/test-servers",
      "tools/testdata",
      "tools/near-localnet",
      "tools/scripts",
      "tools/reports",
    ],
    sequence: { sequencer: ServersFirst },
    reporters: ["default", "json"],
    outputFile: { json: ".reports/test.json" },
  },
});
