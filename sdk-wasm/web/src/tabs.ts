/** What one tab of an application tells the others. Never a token. */
export type Word = "signedIn" | "signedOut";

/** The other tabs of one application in this browser. */
export class Tabs {
  #channel: BroadcastChannel | undefined;

  constructor(name: string, hear: (word: Word) => void) {
    if (!("document" in globalThis) || !("BroadcastChannel" in globalThis)) return;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }) => {
      if (data === "signedIn" || data === "signedOut") hear(data);
    };
  }

  tell(word: Word): void {
    this.#channel?.postMessage(word);
  }

  close(): void {
    this.#channel?.close();
  }
}
