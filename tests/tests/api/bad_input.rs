//! Input that is wrong, by hand and by chance: the answer is a clear problem, never a failure, and never says
//! again what was sent.

mod bodies;
mod chance;
mod fields;
mod headers;
mod operations;
mod queries;
mod tokens;

pub use chance::Chance;
use qorgan_tests::Reply;

/// A refusal in order: a problem of this status and code, with what RFC 9457 and our convention ask for, that
/// repeats none of the values that were sent.
#[track_caller]
fn clear(reply: &Reply, status: u16, code: &str, sent: &[&str]) {
    assert_eq!((reply.status, reply.body["code"].as_str()), (status, Some(code)), "{}", reply.text);
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    assert_eq!(reply.body["type"], format!("/problems/{code}"));
    assert_eq!(reply.body["status"], status);
    for member in ["title", "detail", "instance"] {
        assert!(reply.body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {}", reply.text);
    }
    let id = reply.body["request_id"].as_str().filter(|id| !id.is_empty());
    assert!(id.is_some() && id == reply.header("x-request-id"), "{}", reply.text);
    let headers = format!("{:?}", reply.headers);
    for value in sent {
        assert!(!reply.text.contains(value) && !headers.contains(value), "{value} comes back: {}", reply.text);
    }
}

/// The wrong fields of an answer, sorted, as `pointer code`.
fn wrong(reply: &Reply) -> Vec<String> {
    let mut wrong: Vec<String> =
        reply.errors().into_iter().map(|(pointer, code)| format!("{pointer} {code}")).collect();
    wrong.sort();
    wrong
}
