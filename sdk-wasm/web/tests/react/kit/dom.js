import { Window } from "happy-dom";

/** Makes this process a page at `url`, as far as React asks for one. */
export function openPage(url = "https://app.example/notes") {
  const window = new Window({ url });
  const { document, history, location, navigator } = window;
  const names = ["Node", "Element", "HTMLElement", "HTMLIFrameElement", "SVGElement", "Event", "MouseEvent"];
  const addEventListener = window.addEventListener.bind(window);
  const removeEventListener = window.removeEventListener.bind(window);
  const globals = { window, document, history, location, navigator, addEventListener, removeEventListener };
  for (const name of names) globals[name] = window[name];
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  globalThis.MessageChannel = Channel;
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  return window;
}

/** Node's own keeps the process alive, once React has opened one. */
class Channel {
  port1 = {};
  port2 = { postMessage: () => setImmediate(() => this.port1.onmessage?.({})) };
}
