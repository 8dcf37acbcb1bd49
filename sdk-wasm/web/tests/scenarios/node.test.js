// The scenarios in Node, on the packed package.

import { appendFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { inspect } from "node:util";

import { startHelper } from "../kit/helper.js";
import { load } from "../kit/package.js";
import { scenarios } from "./list.js";
import { helperBy } from "./remote.js";

describe("scenarios in Node", { concurrency: 4 }, () => {
  const environment = { redirectUri: "http://127.0.0.1:7999/callback", inspect: (value) => inspect(value, { depth: 9, showHidden: true }) };
  let helper;

  before(async () => {
    helper = await startHelper();
    environment.helper = helperBy(async (name, ...given) => helper[name](...given));
    environment.createClient = (await load()).createClient;
  });
  after(() => helper.close());

  for (const [id, play] of Object.entries(scenarios)) {
    // One of them turns the clock of everybody.
    it(id, { timeout: 60_000, concurrency: id === "sign-in.state-expired" ? false : undefined }, async () => {
      await play(environment);
      const report = process.env.SECUREFLOWS_SCENARIO_REPORT;
      if (report) appendFileSync(report, `${id}\n`);
    });
  }
});
