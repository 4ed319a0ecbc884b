import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { startVersitygw } from "./s3-server.ts";

afterEach(() => void vi.restoreAllMocks());

test("a server does not take the port of another one", async () => {
  // Both choose the same port first.
  const random = vi.spyOn(Math, "random").mockReturnValueOnce(0.5).mockReturnValueOnce(0.5);
  const first = await startVersitygw();
  onTestFinished(() => first.stop());
  const second = await startVersitygw();
  onTestFinished(() => second.stop());
  expect(random.mock.calls.length).toBeGreaterThanOrEqual(3);
  expect(second.port).not.toBe(first.port);
  await second.kill();
  expect((await fetch(first.endpoint)).status).toBe(403);
});

test("what was stored is there after kill -9", async () => {
  const server = await startVersitygw();
  onTestFinished(() => server.stop());
  await server.addUser({ accessKeyId: "ana", secretAccessKey: "anasecret" });
  await server.kill();
  await server.start();
  await server.changeSecret("ana", "other");
  await expect(server.changeSecret("bob", "other")).rejects.toThrow(/update-user/);
});
