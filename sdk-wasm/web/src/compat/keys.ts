/** Under which names an application's entries lie in `sessionStorage`. */
export interface SessionStorageKeys {
  /** The session token. */
  token: string;
  /** The record of the login under way. */
  state: string;
}

/**
 * The names of an application's entries in `sessionStorage`. No pair of workspace and application has the names of
 * another.
 *
 * @param workspace - without it, the names are those of versions that did not know of workspaces
 */
export function sessionStorageKeys(appId: string, workspace?: string): SessionStorageKeys {
  const of = workspace === undefined ? appId : `v2.${escaped(workspace)}.${escaped(appId)}`;
  return { token: `sf.token.${of}`, state: `sf.state.${of}` };
}

/** Where older versions kept the token of an application, the newest first. */
export function olderTokenKeys(appId: string): string[] {
  // An application of such a name would find the token of another under its older key.
  const own = appId.startsWith("v2.") ? [] : [sessionStorageKeys(appId).token];
  return [...own, "sf.token"];
}

/** `encodeURIComponent` leaves the dot as it is, which stands between the parts. */
function escaped(part: string): string {
  return encodeURIComponent(part).replaceAll(".", "%2E");
}
