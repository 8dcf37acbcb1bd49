import { parseExact } from "../server/exact.js";
import { MockError } from "./error.js";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The control API of one world. */
export class Control {
  readonly url: string;

  constructor(url: string) {
    this.url = url.replace(/\/$/, "");
  }

  /** One call; its answer as JSON. */
  async call<Answer = unknown>(method: Method, path: string, body?: unknown): Promise<Answer> {
    return JSON.parse((await this.#text(method, path, body)) || "null");
  }

  /** One call whose numbers of 64 bits matter: they come as texts. */
  async exact<Answer>(method: Method, path: string, body?: unknown): Promise<Answer> {
    return parseExact(await this.#text(method, path, body)) as Answer;
  }

  async #text(method: Method, path: string, body: unknown): Promise<string> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.url + path, init);
      text = await response.text();
    } catch (cause) {
      throw new MockError(`no mock platform answers at ${this.url}: is it running still?`, { cause });
    }
    if (response.ok) return text;
    throw new MockError(`${method} ${path}: ${said(text)}`, { status: response.status });
  }
}

/** The words of a refusal. */
function said(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === "string" ? error : text;
  } catch {
    return text;
  }
}
