import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The package is linked from this repository, and is to use this app's React.
  resolve: { dedupe: ["react", "react-dom"] },
  // The address is registered as the redirect URI: another port would not do.
  server: { host: "localhost", port: 5173, strictPort: true },
});
