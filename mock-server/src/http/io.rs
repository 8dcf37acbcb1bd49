//! What goes into a handler and what comes out of it. Both are types in its signature, so that the
//! description of the API is made from what is really read and written.

use axum::{body::Body, response::Response};
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{call::Call, error::Problem, query::Query, respond};
use crate::domain::Directory;

/// What a handler comes to.
pub(super) type Answer<A> = Result<A, Problem>;

/// What a handler takes beside its caller.
pub(super) trait Input: Sized + Send {
    fn read<S: Directory>(call: &mut Call<S>)
    -> impl Future<Output = Result<Self, Problem>> + Send;

    fn describe(schemas: &mut Schemas) -> Takes;
}

/// What a handler gives.
pub(super) trait Output: Send {
    fn respond(self) -> Response;

    fn describe(schemas: &mut Schemas) -> Gives;
}

/// Schemas of what is read and of what is written, which differ in what may be left out.
pub(super) struct Schemas {
    pub(super) read: SchemaGenerator,
    pub(super) written: SchemaGenerator,
}

/// What is said of an input.
#[derive(Debug, Default)]
pub(super) struct Takes {
    pub(super) query: Vec<Parameter>,
    pub(super) body: Option<Takeable>,
}

/// A body that is taken.
#[derive(Debug)]
pub(super) struct Takeable {
    pub(super) media_type: &'static str,
    pub(super) schema: Schema,
    pub(super) example: Value,
}

/// A parameter of a query.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) says: &'static str,
    pub(super) schema: Value,
    pub(super) is_required: bool,
    pub(super) example: Option<Value>,
}

/// What is said of an output.
#[derive(Debug)]
pub(super) struct Gives {
    pub(super) status: StatusCode,
    /// The media type and schema of an answer that has a body.
    pub(super) content: Option<(&'static str, Schema)>,
}

/// A body that shows what a request may look like.
pub(super) trait Example {
    fn example() -> Value;
}

/// A JSON body, taken or given.
#[derive(Debug)]
pub(super) struct Json<T>(pub(super) T);

/// A JSON object of the user's own, as text.
#[derive(Debug)]
pub(super) struct UserObject(pub(super) String);

/// A success without a body.
#[derive(Debug)]
pub(super) struct Empty;

/// A success without a body that says so (`204`).
#[derive(Debug)]
pub(super) struct NoContent;

/// A redirect.
#[derive(Debug)]
pub(super) struct Found(pub(super) Response);

/// Something for a browser to show.
#[derive(Debug)]
pub(super) struct Shown(pub(super) Response);

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = || {
            let settings = SchemaSettings::draft2020_12();
            settings.with(|it| it.definitions_path = "/components/schemas".into())
        };
        Self {
            read: settings().for_deserialize().into_generator(),
            written: settings().for_serialize().into_generator(),
        }
    }
}

impl Parameter {
    pub(super) fn optional(name: &'static str, says: &'static str, schema: Value) -> Self {
        Self { name, says, schema, is_required: false, example: None }
    }

    pub(super) fn required(
        name: &'static str,
        says: &'static str,
        schema: Value,
        example: Value,
    ) -> Self {
        Self { name, says, schema, is_required: true, example: Some(example) }
    }
}

impl Input for () {
    async fn read<S: Directory>(_: &mut Call<S>) -> Result<(), Problem> {
        Ok(())
    }

    fn describe(_: &mut Schemas) -> Takes {
        Takes::default()
    }
}

impl<T: DeserializeOwned + JsonSchema + Example + Send> Input for Json<T> {
    async fn read<S: Directory>(call: &mut Call<S>) -> Result<Self, Problem> {
        Ok(Self(call.parsed_body().await?))
    }

    fn describe(schemas: &mut Schemas) -> Takes {
        let schema = schemas.read.subschema_for::<T>();
        let body = Takeable { media_type: "application/json", schema, example: T::example() };
        Takes { query: Vec::new(), body: Some(body) }
    }
}

impl<T: Serialize + JsonSchema + Send> Output for Json<T> {
    fn respond(self) -> Response {
        respond::json(&self.0)
    }

    fn describe(schemas: &mut Schemas) -> Gives {
        let schema = schemas.written.subschema_for::<T>();
        Gives { status: StatusCode::OK, content: Some(("application/json", schema)) }
    }
}

impl Output for UserObject {
    fn respond(self) -> Response {
        respond::json_text(self.0)
    }

    fn describe(_: &mut Schemas) -> Gives {
        let schema = json_schema!({ "type": "object" });
        Gives { status: StatusCode::OK, content: Some(("application/json", schema)) }
    }
}

impl Output for Empty {
    fn respond(self) -> Response {
        Response::new(Body::empty())
    }

    fn describe(_: &mut Schemas) -> Gives {
        Gives { status: StatusCode::OK, content: None }
    }
}

impl Output for NoContent {
    fn respond(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        response
    }

    fn describe(_: &mut Schemas) -> Gives {
        Gives { status: StatusCode::NO_CONTENT, content: None }
    }
}

impl Output for Found {
    fn respond(self) -> Response {
        self.0
    }

    fn describe(_: &mut Schemas) -> Gives {
        Gives { status: StatusCode::FOUND, content: None }
    }
}

impl Output for Shown {
    fn respond(self) -> Response {
        self.0
    }

    fn describe(_: &mut Schemas) -> Gives {
        let schema = json_schema!({ "type": "string" });
        Gives { status: StatusCode::OK, content: Some(("text/html", schema)) }
    }
}

/// A query that is read field by field.
pub(super) trait Asked: Sized + Send {
    fn from_query(query: &Query) -> Result<Self, Problem>;

    fn parameters() -> Vec<Parameter>;
}

impl<T: Asked> Input for T {
    async fn read<S: Directory>(call: &mut Call<S>) -> Result<Self, Problem> {
        T::from_query(&Query::parse(call.parts.uri.query().unwrap_or_default()))
    }

    fn describe(_: &mut Schemas) -> Takes {
        Takes { query: T::parameters(), body: None }
    }
}
