//! `POST /auth/token`: OAuth 2.0 client credentials (RFC 6749, section 4.4).

use actix_web::error::UrlencodedError;
use actix_web::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, post, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qorgan_domain::identity::AccountKind;
use utoipa::ToSchema;

use super::door::Door;
use super::view::ClientTokenView;
use crate::auth::Secret;
use crate::problem::{FieldError, Issue, Problem, ProblemCode};

/// How a client proves itself that may use Basic (RFC 7617).
const CHALLENGE: HeaderValue = HeaderValue::from_static("Basic realm=\"qorgan\", charset=\"UTF-8\"");

/// The form of a token request.
#[derive(ToSchema)]
#[schema(as = TokenRequest, example = json!({"grant_type": "client_credentials", "client_id": "hotline-111", "client_secret": "Qorgan-demo-2026"}))]
#[expect(dead_code, reason = "only its schema is used: RFC 6749 has rules of its own for reading it")]
pub struct TokenForm {
    /// `client_credentials`.
    grant_type: String,
    /// User name of the service account, unless it stands in `Authorization: Basic`.
    client_id: Option<String>,
    /// Its secret, unless it stands there.
    client_secret: Option<String>,
}

type Form = web::Form<Vec<(String, String)>>;

/// Get an access token for a service account.
///
/// The client shows its name and secret in the form or as `Authorization: Basic`, not both. The token's session lives
/// as long as the token; there is no refresh token. Errors are problem documents with the member `error` of RFC 6749.
#[utoipa::path(
    tag = "identity",
    operation_id = "auth_token",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = ClientTokenView),
        (status = 400, description = "bad_request"),
        (status = 401, description = "invalid_credentials"),
    ),
    extensions(("x-permission" = json!("none"))),
)]
#[post("/auth/token")]
pub async fn auth_token(
    request: HttpRequest,
    door: Door,
    form: Result<Form, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let form = form.map_err(|error| unreadable(&error))?.into_inner();
    let grant_type = parameter(&form, "grant_type")?.ok_or_else(|| missing("grant_type"))?;
    if grant_type != "client_credentials" {
        let issue = Issue::new("unknown_code").with("allowed", "client_credentials");
        return Err(invalid("unsupported_grant_type", "grant_type", issue));
    }
    let (id, secret) = credentials(&request, &form)?;
    let account = door.account("token", &id, &secret, AccountKind::Service).await.map_err(invalid_client)?;
    let access = door.open_for_token(account.user).await?;
    Ok(HttpResponse::Ok().json(ClientTokenView::from(access)))
}

/// A parameter; an empty one counts as absent, one given twice is refused, unknown ones are passed over (section 3.2).
fn parameter(form: &[(String, String)], name: &'static str) -> Result<Option<String>, Problem> {
    let mut values = form.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(invalid("invalid_request", name, Issue::new("repeated_parameter"))),
        (value, None) => Ok(value.filter(|value| !value.is_empty()).cloned()),
    }
}

/// Name and secret from the header or from the form (section 2.3.1).
fn credentials(request: &HttpRequest, form: &[(String, String)]) -> Result<(String, Secret), Problem> {
    let id = parameter(form, "client_id")?;
    let secret = parameter(form, "client_secret")?;
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        let id = id.ok_or_else(|| missing("client_id"))?;
        return Ok((id, secret.ok_or_else(|| missing("client_secret"))?.into()));
    };
    if secret.is_some() {
        return Err(invalid("invalid_request", "client_secret", Issue::new("not_allowed_here")));
    }
    let (name, secret) = basic(header).ok_or_else(|| invalid_client(Problem::new(ProblemCode::InvalidCredentials)))?;
    match id {
        Some(id) if id != name => Err(invalid("invalid_request", "client_id", Issue::new("not_allowed_here"))),
        _ => Ok((name, secret.into())),
    }
}

/// Reads `Basic`; both parts are form-encoded inside, as RFC 6749 has it.
fn basic(header: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, secret) = pair.split_once(':')?;
    Some((form_decoded(name)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<String> {
    let query = format!("v={}", text.replace('&', "%26"));
    let mut values = web::Query::<Vec<(String, String)>>::from_query(&query).ok()?.into_inner();
    values.pop().map(|(_, value)| value)
}

fn unreadable(error: &actix_web::Error) -> Problem {
    Problem::new(match error.as_error::<UrlencodedError>() {
        Some(UrlencodedError::ContentType) => ProblemCode::UnsupportedMediaType,
        Some(UrlencodedError::Overflow { .. }) => ProblemCode::PayloadTooLarge,
        _ => ProblemCode::BadRequest,
    })
    .with("error", "invalid_request")
}

fn missing(name: &'static str) -> Problem {
    invalid("invalid_request", name, Issue::new("missing_parameter"))
}

fn invalid(error: &'static str, name: &'static str, issue: Issue) -> Problem {
    Problem::new(ProblemCode::BadRequest).with("error", error).with_error(FieldError::new(name, issue))
}

/// Adds what an OAuth client expects of a refusal to know it.
fn invalid_client(problem: Problem) -> Problem {
    match problem.code() {
        ProblemCode::InvalidCredentials | ProblemCode::AccountDisabled => {
            problem.with("error", "invalid_client").with_header(WWW_AUTHENTICATE, CHALLENGE)
        }
        _ => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(pair: &str) -> HeaderValue {
        HeaderValue::try_from(format!("basic {}", STANDARD.encode(pair))).unwrap()
    }

    #[test]
    fn basic_credentials_are_form_encoded_inside() {
        let pair = |name: &str, secret: &str| Some((name.to_owned(), secret.to_owned()));
        assert_eq!(basic(&header("hotline-111:Qorgan-demo-2026")), pair("hotline-111", "Qorgan-demo-2026"));
        assert_eq!(basic(&header("a:b%3Ac%2B+%D2%9B")), pair("a", "b:c+ қ"));
        assert_eq!(basic(&header("a:b&c:d")), pair("a", "b&c:d"));
        assert_eq!(basic(&header("no colon")), None);
        assert_eq!(basic(&HeaderValue::from_static("Bearer abc")), None);
        assert_eq!(basic(&HeaderValue::from_static("Basic !!!")), None);
    }

    #[test]
    fn a_parameter_stands_once() {
        let form = |pairs: &[(&str, &str)]| -> Vec<_> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let one = parameter(&form(&[("client_id", "a"), ("scope", "x")]), "client_id").unwrap();
        assert_eq!(one.as_deref(), Some("a"));
        assert_eq!(parameter(&form(&[("client_id", "")]), "client_id").unwrap(), None);
        let refused = parameter(&form(&[("client_id", "a"), ("client_id", "a")]), "client_id").unwrap_err();
        assert_eq!(refused.code(), ProblemCode::BadRequest);
    }
}
