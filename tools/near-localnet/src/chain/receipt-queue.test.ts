import { expect, test } from "vitest";
import type { ActionReceipt, DataReceipt } from "../receipts/receipt.ts";
import { createReceiptQueue } from "./receipt-queue.ts";

const receipt = (id: string, inputs: readonly string[] = []): ActionReceipt => ({
  kind: "actions",
  id,
  predecessorId: "a.near",
  receiverId: "b.near",
  signerId: "a.near",
  signerPublicKey: "",
  gasPrice: 1n,
  actions: [],
  inputs,
  outputs: [],
});

const data = (dataId: string, value?: Uint8Array): DataReceipt => ({
  kind: "data",
  id: `data ${dataId}`,
  predecessorId: "a.near",
  receiverId: "b.near",
  dataId,
  value,
});

const VALUE = Uint8Array.of(1);

test("receipts run in the order in which they came", () => {
  const queue = createReceiptQueue();
  queue.add([receipt("1"), receipt("2")]);
  queue.add([receipt("3")]);
  expect(queue.take().map((ready) => ready.receipt.id)).toEqual(["1", "2", "3"]);
  expect(queue.take()).toEqual([]);
});

test("a receipt waits for all of its results, and gets them in its own order", () => {
  const queue = createReceiptQueue();
  queue.add([receipt("joint", ["x", "y", "z"])]);
  expect(queue.take()).toEqual([]);
  queue.add([data("z", VALUE)]);
  expect(queue.take()).toEqual([]);
  queue.add([data("y"), data("x", VALUE)]);
  const [ready] = queue.take();
  expect(ready?.receipt.id).toBe("joint");
  expect(ready?.promiseResults).toEqual([
    { kind: "value", value: VALUE },
    { kind: "failed" },
    { kind: "value", value: VALUE },
  ]);
  expect(queue.isEmpty()).toBe(true);
});

test("results may come before the receipt that waits for them", () => {
  const queue = createReceiptQueue();
  queue.add([data("x", VALUE)]);
  expect(queue.take()).toEqual([]);
  queue.add([receipt("late", ["x"])]);
  expect(queue.take()).toMatchObject([{ receipt: { id: "late" }, promiseResults: [{ kind: "value" }] }]);
});
