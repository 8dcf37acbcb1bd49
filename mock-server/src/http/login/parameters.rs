//! The parameters of hosted login, on the wire.

use serde_json::json;

use crate::{
    domain::{BadLogin, Directory, LoginParameter, LoginRequest, RawLogin, Refusal},
    http::{
        call::Call,
        io::Parameter,
        query::{BadParameter, Query},
    },
};

/// What the page calls the parameter that the callback calls `client_redirect_uri`.
pub(super) const REDIRECT_URI: &str = "redirect_uri";

/// The parameters, decoded and each given once. Only `state` may be any bytes.
pub(in crate::http) fn raw(
    query: &Query,
    redirect_uri: &'static str,
) -> Result<RawLogin, BadParameter> {
    Ok(RawLogin {
        app_id: query.text("app_id")?,
        workspace_name: query.text("workspace_name")?,
        redirect_uri: query.text(redirect_uri)?,
        state: query.bytes("state")?,
        ttl_seconds: query.text("ttl_seconds")?,
        payload: query.text("payload")?,
        session_token: query.text("session_token")?,
    })
}

/// What is said of the parameters that the page and the callback have in common.
pub(in crate::http) fn described() -> Vec<Parameter> {
    let text = || json!({ "type": "string", "minLength": 1 });
    vec![
        Parameter::required("workspace_name", "The workspace.", text(), json!("acme")),
        Parameter::required("app_id", "One of its applications.", text(), json!("acme-notes")),
        Parameter::optional("state", "Comes back byte for byte.", json!({ "type": "string" })),
        Parameter::optional(
            "ttl_seconds",
            "How long new data lives: 0 for ever, or a minute to a week. Looked at also when nothing is created.",
            json!({ "anyOf": [
                { "type": "integer", "const": 0 },
                { "type": "integer", "minimum": 60, "maximum": 604_800 },
            ] }),
        ),
        Parameter::optional(
            "payload",
            "A JSON object as text, stored when a session is created.",
            json!({ "type": "string", "contentMediaType": "application/json" }),
        ),
    ]
}

/// A refused parameter by its name on the wire.
pub(in crate::http) fn bad_parameter(bad: BadLogin, redirect_uri: &'static str) -> BadParameter {
    let name = match bad.parameter {
        LoginParameter::AppId => "app_id",
        LoginParameter::WorkspaceName => "workspace_name",
        LoginParameter::RedirectUri => redirect_uri,
        LoginParameter::TtlSeconds => "ttl_seconds",
        LoginParameter::Payload => "payload",
    };
    BadParameter { name, mend: bad.mend.into() }
}

/// What the page's address asks for.
pub(super) async fn login_request<S: Directory>(
    call: &Call<S>,
    query: &Query,
) -> Result<Result<LoginRequest<S>, BadParameter>, Refusal> {
    match raw(query, REDIRECT_URI) {
        Err(bad) => Ok(Err(bad)),
        Ok(raw) => {
            let request = call.platform().login_request(raw).await?;
            Ok(request.map_err(|bad| bad_parameter(bad, REDIRECT_URI)))
        }
    }
}

/// `path` with the query it had, less some parameters. What stays, stays as it was written.
pub(super) fn address_without(path: &str, query: &str, less: &[&str]) -> String {
    format!("{path}?{}", keep(query, |name| !less.contains(&name)).join("&"))
}

/// The page's parameters under the names that the callback gives them.
pub(super) fn for_callback(query: &str) -> String {
    const PASSED: [&str; 6] =
        ["workspace_name", "app_id", "state", "ttl_seconds", "payload", "session_token"];
    let redirect_uri = keep(query, |name| name == REDIRECT_URI);
    let redirect_uri = redirect_uri.into_iter().map(|pair| format!("client_{pair}"));
    let passed = keep(query, |name| PASSED.contains(&name)).into_iter().map(str::to_owned);
    redirect_uri.chain(passed).collect::<Vec<_>>().join("&")
}

fn keep(query: &str, wanted: impl Fn(&str) -> bool) -> Vec<&str> {
    let name = |pair: &&str| wanted(pair.split_once('=').map_or(*pair, |(name, _)| name));
    query.split('&').filter(|pair| !pair.is_empty()).filter(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_go_on_as_they_were_written() {
        let query = "app_id=a&state=%ff+%2f&redirect_uri=app%3A%2Fcb&mode=signup&firebaseToken=x";
        assert_eq!(for_callback(query), "client_redirect_uri=app%3A%2Fcb&app_id=a&state=%ff+%2f");
        assert_eq!(
            address_without("/p", query, &["mode", "firebaseToken"]),
            "/p?app_id=a&state=%ff+%2f&redirect_uri=app%3A%2Fcb"
        );
    }
}
