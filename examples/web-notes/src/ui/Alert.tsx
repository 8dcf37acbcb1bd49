import type { ReactNode } from "react";

interface AlertProps {
  children: ReactNode;
  kind?: "error" | "notice";
  /** What can be done about it. */
  action?: { label: string; run: () => void };
}

export function Alert({ children, kind = "error", action }: AlertProps) {
  return (
    <div className={`alert ${kind}`} role={kind === "error" ? "alert" : "status"}>
      <p>{children}</p>
      {action && (
        <button type="button" className="plain" onClick={action.run}>
          {action.label}
        </button>
      )}
    </div>
  );
}
