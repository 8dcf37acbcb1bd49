// What a test in a page needs, of one React: bundled by load.js.
export { act, createElement, StrictMode, useState } from "react";
export { createRoot, hydrateRoot } from "react-dom/client";
export * from "@secureflows/web/react";
