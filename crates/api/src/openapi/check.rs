//! What a reader of the document would miss.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::OpenApi;

use super::PERMISSION;

const METHODS: &[&str] = &["get", "put", "post", "delete", "patch"];

/// Everything that is undocumented, one line each; a test asserts that there is nothing. It looks at the
/// document as clients get it: summary, tags, unique operation id, permission, an example of every JSON request body,
/// error answers as problems, and references that lead somewhere.
///
/// # Errors
/// When the document is not JSON.
pub fn complaints(document: &OpenApi) -> Result<Vec<String>, serde_json::Error> {
    let document = serde_json::to_value(document)?;
    let mut complaints = Vec::new();
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let operations = METHODS.iter().filter_map(|method| item.get(method).map(|operation| (method, operation)));
        for (method, operation) in operations {
            let name = format!("{} {path}", method.to_uppercase());
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            if let Some(other) = ids.insert(id.clone(), name.clone()) {
                complaints.push(format!("{name}: operation id {id:?} is also that of {other}"));
            }
            complaints.extend(missing(operation, &document).into_iter().map(|what| format!("{name}: {what}")));
        }
    }
    dangling(&document, &document, &mut complaints);
    Ok(complaints)
}

fn missing(operation: &Value, document: &Value) -> Vec<String> {
    let mut missing = Vec::new();
    if operation["summary"].as_str().is_none_or(|summary| summary.trim().is_empty()) {
        missing.push("no summary".to_owned());
    }
    if operation["tags"].as_array().is_none_or(Vec::is_empty) {
        missing.push("no tags".to_owned());
    }
    if operation.get(PERMISSION).is_none() {
        missing.push(format!("no {PERMISSION}"));
    }
    for (media_type, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        if !has_example(content, document) {
            missing.push(format!("no example of the {media_type} body"));
        }
    }
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        if status.starts_with(['4', '5']) && answer["content"].as_object().is_none_or(serde_json::Map::is_empty) {
            missing.push(format!("no content of the answer {status}"));
        }
    }
    missing
}

/// An example of the content, or of the schema that it is or refers to.
fn has_example(content: &Value, document: &Value) -> bool {
    let given =
        |value: &Value| ["example", "examples"].iter().any(|name| value.get(name).is_some_and(|e| !e.is_null()));
    let schema = &content["schema"];
    let referred = schema["$ref"].as_str().and_then(|reference| document.pointer(reference.strip_prefix('#')?));
    given(content) || given(schema) || referred.is_some_and(given)
}

fn dangling(value: &Value, document: &Value, complaints: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str)
                && reference.strip_prefix('#').is_none_or(|pointer| document.pointer(pointer).is_none())
            {
                complaints.push(format!("{reference} leads nowhere"));
            }
            members.values().for_each(|member| dangling(member, document, complaints));
        }
        Value::Array(items) => items.iter().for_each(|item| dangling(item, document, complaints)),
        _ => {}
    }
}
