import { describeAnchor } from "@etrap/batcher/suites";
import type { Publication } from "@etrap/batcher";
import { createNearWorld, occupyId } from "./fixtures/near-world.ts";

describeAnchor("the anchor on NEAR", async () => {
  const world = await createNearWorld();
  const signer = await world.addKey();
  const options = { clock: { now: Date.now, sleep: async () => undefined } };
  return {
    anchor: world.anchorWith(signer, options),
    reopen: async () => world.anchorWith(signer, options),
    mints: async (header) => world.mints({ header } as Publication),
    occupy: async (publication) => occupyId(world, publication),
    close: world.close,
  };
});
