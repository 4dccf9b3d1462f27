//! The OpenAPI document, printed from the routes and their types so that it cannot say anything else (A).
//!
//! This is the one place of `shared` that knows HTTP statuses: the document is for people and tools outside.

use crate::api::{Audience, BASE, IDEMPOTENCY_KEY, Method, Route, RouteId, Success, schemas};
use crate::problem::Problem;
use crate::text;
use crate::upload;
use serde_json::{Map, Value, json};

/// The whole document.
#[must_use]
pub fn document() -> Value {
    let mut generator = schemars::generate::SchemaSettings::openapi3().into_generator();
    let bodies = schemas(&mut generator);
    let problem = generator.subschema_for::<Problem>();
    let mut paths = Map::new();
    for (id, request, response) in bodies {
        let route = id.route();
        let operation = operation(route, &json!(request), &json!(response), &json!(problem));
        let path = route.path.replace('<', "{").replace('>', "}");
        let item = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            item.insert(route.method.as_str().to_ascii_lowercase(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Buoy",
            "version": env!("CARGO_PKG_VERSION"),
            "description": description(),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": generator.definitions(),
            "securitySchemes": {
                "visitor": { "type": "http", "scheme": "bearer", "description": "A token from session/." },
                "agent": { "type": "http", "scheme": "bearer", "description": "A team member's API token." },
                "operator": { "type": "http", "scheme": "bearer", "description": "The installation's OPERATOR_TOKEN." },
            },
        },
    })
}

fn description() -> String {
    format!(
        "Everything lives under `{BASE}`; a trailing slash is optional. Refusals are problem documents (RFC 9457). Times are RFC 3339 in UTC. \
         Limits: body {} bytes (ticket {} bytes, import {} bytes), subject {} characters, message {} characters, name {}, e-mail {}, incident title {}, \
         idempotency key {}, search query {} characters, page {} items, file {} bytes, {} files with a message. \
         429 says in Retry-After when there is room again: {}.",
        text::BODY_BYTES_MAX,
        crate::ticket::TICKET_BYTES_MAX,
        text::IMPORT_BYTES_MAX,
        text::SUBJECT_CHARS_MAX,
        text::MESSAGE_CHARS_MAX,
        text::NAME_CHARS_MAX,
        text::EMAIL_CHARS_MAX,
        text::TITLE_CHARS_MAX,
        text::IDEMPOTENCY_KEY_CHARS_MAX,
        text::QUERY_CHARS_MAX,
        crate::api::PAGE_SIZE_MAX,
        upload::UPLOAD_BYTES_MAX,
        upload::ATTACHMENTS_MAX,
        allowances(),
    )
}

/// The usual limits in words.
fn allowances() -> String {
    let words = crate::limits::Limit::ALL.iter().map(|limit| {
        let usual = limit.usual();
        format!("{} {} in {} s", limit.name().replace('_', " "), usual.count, usual.seconds)
    });
    words.collect::<Vec<_>>().join(", ")
}

fn operation(route: &Route, request: &Value, response: &Value, problem: &Value) -> Value {
    let mut operation = json!({
        "operationId": format!("{:?}", route.id),
        "summary": route.summary,
        "parameters": parameters(route),
        "responses": responses(route, response, problem),
    });
    let security = match route.audience {
        Audience::Public => json!([]),
        Audience::Visitor => json!([{ "visitor": [] }]),
        Audience::Participant => json!([{ "visitor": [] }, { "agent": [] }]),
        Audience::Agent => json!([{ "agent": [] }]),
        Audience::Operator => json!([{ "operator": [] }]),
    };
    if let Some(fields) = operation.as_object_mut() {
        fields.insert("security".into(), security);
        if let Some(content) = request_content(route, request) {
            fields.insert("requestBody".into(), json!({ "required": true, "content": content }));
        }
    }
    operation
}

/// What a request carries, by media type; nothing for a route whose request is `()`.
fn request_content(route: &Route, request: &Value) -> Option<Value> {
    let bytes_max = match route.id {
        RouteId::CreateUpload => Some(upload::UPLOAD_BYTES_MAX),
        RouteId::CreatePicture => Some(upload::PICTURE_BYTES_MAX),
        _ => None,
    };
    if let Some(bytes_max) = bytes_max {
        let file = json!({ "schema": { "type": "string", "format": "binary", "maxLength": bytes_max } });
        let kinds = upload::FILE_KINDS.iter().map(|kind| kind.content_type.to_owned());
        let kinds = kinds.filter(|kind| route.id == RouteId::CreateUpload || kind.starts_with("image/"));
        return Some(Value::Object(kinds.map(|kind| (kind, file.clone())).collect()));
    }
    if route.id == RouteId::TakeSlackPress {
        // Slack sends a form with one field, which is JSON.
        let form =
            json!({ "type": "object", "properties": { "payload": { "type": "string" } }, "required": ["payload"] });
        return Some(json!({ "application/x-www-form-urlencoded": { "schema": form } }));
    }
    let has_body =
        !matches!(route.method, Method::Get | Method::Delete) && *request != json!(schemars::schema_for!(()));
    has_body.then(|| json!({ "application/json": { "schema": request } }))
}

fn parameters(route: &Route) -> Vec<Value> {
    let mut parameters = Vec::new();
    for name in route.parameters() {
        parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    }
    for name in route.query {
        let schema = if matches!(*name, "limit" | "after") {
            json!({ "type": "integer", "minimum": 0 })
        } else {
            json!({ "type": "string" })
        };
        parameters.push(json!({ "name": name.trim_start_matches('!'), "in": "query", "required": name.starts_with('!'), "schema": schema }));
    }
    if route.id == RouteId::CreateUpload {
        let description =
            "The file's name as UTF-8, percent-encoded (`encodeURIComponent`); it is cleaned before it is kept.";
        let schema = json!({ "type": "string", "pattern": "^[!-~]+$" });
        parameters.push(json!({ "name": upload::FILE_NAME_HEADER, "in": "header", "required": false, "description": description, "schema": schema }));
    }
    if needs_idempotency_key(route.id) {
        let schema = json!({ "type": "string", "minLength": 1, "maxLength": text::IDEMPOTENCY_KEY_CHARS_MAX });
        parameters.push(json!({ "name": IDEMPOTENCY_KEY, "in": "header", "required": true, "schema": schema }));
    }
    parameters
}

/// Visitors' writes must be repeatable; for the team's the key is optional.
fn needs_idempotency_key(id: RouteId) -> bool {
    matches!(id, RouteId::CreateTicket | RouteId::AddMessage)
}

fn responses(route: &Route, response: &Value, problem: &Value) -> Value {
    let (status, description) = match route.success {
        Success::Ok => ("200", "Success"),
        Success::Created => ("201", "Created"),
        Success::Done => ("204", "Done"),
        Success::Upgraded => ("101", "The connection is open; each text frame is one event"),
    };
    let binary = json!({ "type": "string", "format": "binary" });
    let content = match route.id {
        RouteId::GetKbIndex => json!({ "application/x-protobuf": { "schema": binary } }),
        RouteId::GetUpload => json!({ "application/octet-stream": { "schema": binary } }),
        RouteId::GetOpenApi => json!({ "application/json": { "schema": { "type": "object" } } }),
        _ => json!({ "application/json": { "schema": response } }),
    };
    let mut success = json!({ "description": description });
    if let Some(fields) = success.as_object_mut()
        && !matches!(route.success, Success::Upgraded | Success::Done)
    {
        fields.insert("content".into(), content);
    }
    let refusal = json!({ "description": "A problem document", "content": { "application/problem+json": { "schema": problem } } });
    let mut responses = json!({ status: success, "4XX": refusal, "503": refusal });
    if let (RouteId::GetHealth, Some(all)) = (route.id, responses.as_object_mut()) {
        all.insert("503".into(), json!({ "description": "Storage does not answer", "content": { "application/json": { "schema": response } } }));
    }
    responses
}

/// Every route stands in the document exactly once.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ROUTES;

    #[test]
    fn every_route_stands_in_the_document() {
        let document = document();
        for route in ROUTES {
            let path = route.path.replace('<', "{").replace('>', "}");
            let operation = &document["paths"][&path][route.method.as_str().to_ascii_lowercase()];
            assert_eq!(operation["summary"], route.summary, "{path}");
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let text = document().to_string();
        let document = document();
        for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(document["components"]["schemas"][name].is_object(), "{name}");
        }
    }
}
