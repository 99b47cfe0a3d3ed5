//! A client app, as small as it can be.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::{self, RequestBuilder};
use serde_json::Value;

/// Sends requests, with or without a token.
#[derive(Debug, Clone)]
pub struct Client {
    http: blocking::Client,
    base: String,
    token: Option<String>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The JSON body; `null` where there was none.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Client {
    /// A client of the server at an address.
    #[must_use]
    pub fn new(address: SocketAddr, token: Option<String>) -> Self {
        let http = blocking::Client::builder()
            .timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("make an HTTP client");
        Self { http, base: format!("http://{address}"), token }
    }

    /// The same with another token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The token it sends.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// A request to be completed and sent with [`send`].
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// GET below `/api/v1`.
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        send(self.request("GET", &format!("/api/v1{path}")))
    }

    /// POST below `/api/v1`.
    #[must_use]
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        send(self.request("POST", &format!("/api/v1{path}")).json(body))
    }

    /// POST with headers.
    #[must_use]
    pub fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let mut request = self.request("POST", &format!("/api/v1{path}")).json(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(request)
    }

    /// POST a change of the version that was read.
    #[must_use]
    pub fn change(&self, path: &str, version: i64, body: &Value) -> Reply {
        self.post_with(path, &[("If-Match", &format!("\"{version}\""))], body)
    }

    /// PATCH the version that was read.
    #[must_use]
    pub fn patch(&self, path: &str, version: i64, body: &Value) -> Reply {
        let request = self.request("PATCH", &format!("/api/v1{path}")).header("If-Match", format!("\"{version}\""));
        send(request.json(body))
    }
}

/// Sends a request.
#[must_use]
pub fn send(request: RequestBuilder) -> Reply {
    try_send(request).expect("the server answers")
}

/// Sends a request that may meet no server.
///
/// # Errors
/// Where there was no whole answer.
pub fn try_send(request: RequestBuilder) -> Result<Reply, reqwest::Error> {
    let response = request.send()?;
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let text = response.text()?;
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Ok(Reply { status, headers, body, text })
}

impl Reply {
    /// The answer, if it has this status; fails the test with the body otherwise.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "unexpected answer: {}", self.text);
        self
    }

    /// A problem with this status and code.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "unexpected answer: {}", self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        self
    }

    /// A header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `id` of the body.
    #[must_use]
    #[track_caller]
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.text)).to_owned()
    }

    /// `version` of the body.
    #[must_use]
    #[track_caller]
    pub fn version(&self) -> i64 {
        self.body["version"].as_i64().unwrap_or_else(|| panic!("no version in {}", self.text))
    }

    /// The codes of what is missing.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let codes = self.body["missing"].as_array().into_iter().flatten();
        codes.filter_map(|gate| gate["code"].as_str().map(str::to_owned)).collect()
    }

    /// The pointers and codes of wrong fields.
    #[must_use]
    pub fn errors(&self) -> Vec<(String, String)> {
        let errors = self.body["errors"].as_array().into_iter().flatten();
        errors
            .map(|error| {
                let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
                (text("pointer"), text("code"))
            })
            .collect()
    }
}
