// What a test on a server needs, of one React: bundled by load.js.
export { createElement, StrictMode } from "react";
export { renderToString } from "react-dom/server";
export * from "@secureflows/web/react";
