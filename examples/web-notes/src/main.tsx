import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SecureFlowsProvider } from "@secureflows/web/react";
import { App } from "./App";
import { client } from "./data";
import "./style/base.css";
import "./style/parts.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <SecureFlowsProvider client={client}>
      <App />
    </SecureFlowsProvider>
  </StrictMode>,
);
