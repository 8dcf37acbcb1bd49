// Every scenario of tests/scenarios.md, by its id: a function of an environment (see stage.js).

import { again } from "./again.js";
import { data } from "./data.js";
import { dead } from "./dead.js";
import { out } from "./out.js";
import { secret } from "./secret.js";
import { signIn } from "./sign-in.js";
import { wire } from "./wire.js";

export const scenarios = { ...signIn, ...data, ...dead, ...again, ...wire, ...out, ...secret };
