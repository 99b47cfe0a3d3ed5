//! Error answers that follow from what an operation has.

use std::collections::BTreeSet;

use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{ContentBuilder, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder};

use crate::problem::{self, Problem, ProblemCode};
use crate::request::Language;

/// All operations of a path, to be changed.
fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.patch,
        &mut item.head,
        &mut item.options,
    ];
    all.into_iter().filter_map(Option::as_mut)
}

/// Adds to every operation the error answers that it can give by its shape, each with the problem schema
/// and an example. Answers that the handler documents itself stay, and get schema and example when they
/// have none.
pub fn complete(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            for code in codes(operation, path) {
                let status = code.status().as_str().to_owned();
                operation.responses.responses.entry(status).or_insert_with(|| RefOr::T(response(code, path)));
            }
            fill_in(operation, path);
        }
    }
    prune(document);
}

/// How a reference to a schema begins.
const SCHEMA: &str = "\"#/components/schemas/";

/// Takes out schemas that nothing refers to, until none is left: a reader should meet only what is used.
fn prune(document: &mut OpenApi) {
    loop {
        let Ok(text) = serde_json::to_string(document) else { return };
        let Some(components) = document.components.as_mut() else { return };
        let before = components.schemas.len();
        // Read once: every server makes this document when it starts, and looking for each name anew took a second.
        let used: BTreeSet<&str> =
            text.split(SCHEMA).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect();
        components.schemas.retain(|name, _| used.contains(name.as_str()));
        if components.schemas.len() == before {
            return;
        }
    }
}

/// Kinds of problem by which an operation of this shape can fail, the first of a status being its example.
fn codes(operation: &Operation, path: &str) -> Vec<ProblemCode> {
    use ProblemCode as P;
    let parameters: BTreeSet<(String, &str)> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some((parameter.name.to_lowercase(), place(&parameter.parameter_in))),
            RefOr::Ref(_) => None,
        })
        .collect();
    let has = |name: &str| parameters.contains(&(name.to_owned(), "header"));
    let mut codes = vec![P::TooManyRequests, P::Internal, P::Unavailable];
    if operation.request_body.is_some() {
        codes.extend([
            P::MalformedJson,
            P::RequestTimeout,
            P::PayloadTooLarge,
            P::UnsupportedMediaType,
            P::ValidationFailed,
        ]);
    }
    if parameters.iter().any(|(_, place)| *place == "path") {
        codes.push(P::NotFound);
    }
    // Also where no parameter is taken: unknown ones are refused.
    if path.starts_with("/api/") {
        codes.push(P::InvalidQuery);
    }
    if has("if-match") {
        codes.extend([P::StaleVersion, P::PreconditionRequired, P::InvalidHeader]);
    }
    if has("idempotency-key") {
        codes.extend([P::IdempotencyInProgress, P::IdempotencyKeyReused, P::InvalidHeader]);
    }
    if operation.security.as_ref().is_some_and(|schemes| !schemes.is_empty()) {
        codes.extend([P::Unauthenticated, P::Forbidden]);
    }
    codes
}

fn place(place: &ParameterIn) -> &'static str {
    match place {
        ParameterIn::Path => "path",
        ParameterIn::Query => "query",
        ParameterIn::Header => "header",
        _ => "other",
    }
}

/// A problem answer with schema and example.
fn response(code: ProblemCode, path: &str) -> Response {
    ResponseBuilder::new()
        .description(code.title().in_language(Language::En))
        .content(problem::MEDIA_TYPE, content(code, path))
        .build()
}

fn content(code: ProblemCode, path: &str) -> utoipa::openapi::Content {
    let example = Problem::new(code).render(Language::En, path, "0190a6f8-5b1c-7c3e-9f00-1234567890ab");
    let schema = match code {
        // What an app merges by stands in members of its own.
        ProblemCode::StaleVersion => "StaleProblem",
        _ => "Problem",
    };
    ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).example(Some(example)).build()
}

/// Gives schema and example to error answers that the handler only described.
fn fill_in(operation: &mut Operation, path: &str) {
    for (status, answer) in &mut operation.responses.responses {
        let RefOr::T(answer) = answer else { continue };
        let code = ProblemCode::ALL.iter().find(|code| code.status().as_str() == status);
        if let (Some(code), true) = (code, answer.content.is_empty()) {
            // A description that is itself a code picks the example: `(status = 409, description = "iin_taken")`.
            let code = ProblemCode::from_code(&answer.description).unwrap_or(*code);
            answer.content.insert(problem::MEDIA_TYPE.into(), RefOr::T(content(code, path)));
        }
    }
}
