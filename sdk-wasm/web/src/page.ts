/**
 * The page's side of the way between page and core: see `sdk-wasm/src/channel.rs`. What crosses over are numbers, and
 * texts that are put down for the other side before it is called.
 */

/** What the core asks its page for, as `sdk-wasm/src/page.rs` numbers it. */
export const enum Wanted {
  Send,
  Sleep,
  Reauthenticate,
  Abandon,
  Now,
  Random,
  Keep,
  Take,
  Change,
  Done,
  Failed,
  Told,
}

export type Text = string | undefined;

/** Does what a core wants; the number that it returns is the core's. */
export type Page = (wanted: Wanted, id: number, number: number, other: number, texts: Text[]) => number | void;

/** The page of every core that there is, by the core's number. */
export const pages = new Map<number, Page>();

/** What the module exports. */
interface Module {
  memory: WebAssembly.Memory;
  malloc(length: number, alignment: number): number;
  give(address: number, length: number): void;
  ask(core: number, what: number, id: number, number: number): void;
}

/** How many bytes one decoder reads: Safari's breaks off at two gigabytes. */
const ONE_DECODER = 2 ** 30;

let module: Module | undefined;
let encoder: TextEncoder;
let decoder: TextDecoder;
let decoded = ONE_DECODER;
const texts: Text[] = [];

export function isLoaded(): boolean {
  return module !== undefined;
}

/** Makes the core of its bytes, or of a module that was compiled already. */
export function instantiate(source: BufferSource | WebAssembly.Module): void {
  const compiled = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source);
  const { exports } = new WebAssembly.Instance(compiled, { page: { put, page } });
  module = exports as unknown as Module;
  encoder = new TextEncoder();
}

/** Asks the core of this number for something, and brings what it puts down at once. */
export function ask(core: number, what: number, id: number, number: number, given: Text[]): Text[] {
  given.forEach(give);
  module?.ask(core, what, id, number);
  return texts.splice(0);
}

/** Puts a text down for the core. */
export function give(text: Text): void {
  if (!module) return;
  if (text === undefined) return module.give(0, 0);
  const bytes = encoder.encode(text);
  const address = module.malloc(bytes.length, 1);
  new Uint8Array(module.memory.buffer, address).set(bytes);
  module.give(address, bytes.length);
}

function put(address: number, length: number): void {
  texts.push(address && module ? decode(new Uint8Array(module.memory.buffer, address, length)) : undefined);
}

function decode(bytes: Uint8Array): string {
  decoded += bytes.length;
  if (decoded >= ONE_DECODER) {
    decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    decoded = 0;
  }
  return decoder.decode(bytes);
}

function page(core: number, wanted: Wanted, id: number, number: number, other: number): number {
  return pages.get(core)?.(wanted, id, number, other, texts.splice(0)) ?? 0;
}
