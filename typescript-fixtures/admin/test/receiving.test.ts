import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { Receiver } from "../src/cli/receiver.js";

test("a sender that says no more within a delivery holds up nobody who ends", async () => {
  const receiver = await Receiver.open(new URL("http://127.0.0.1:9/"), "whsec_test_1", () => undefined);
  const sender = connect(Number(new URL(receiver.url).port), "127.0.0.1").on("error", () => undefined);
  let answer = "";
  sender.on("data", (data) => {
    answer += data;
  });
  sender.write("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n{}");
  await once(sender, "data"); // its head has been taken
  const closed = new Promise((resolve) => sender.once("close", resolve));
  await Promise.all([receiver.close(), closed]);
  assert.equal(answer, "HTTP/1.1 100 Continue\r\n\r\n", "it is not waited for until Node refuses it");
});
