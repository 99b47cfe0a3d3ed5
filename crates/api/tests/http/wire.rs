//! What only a real server shows: bodies of `HEAD`, connections after a panic.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use actix_web::web;

use super::app::listen;

/// Sends bytes on one connection and returns all that came back until it was closed.
async fn send(address: SocketAddr, bytes: String) -> String {
    let exchange = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(bytes.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    };
    web::block(exchange).await.unwrap()
}

fn request(method: &str, path: &str, rest: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{rest}\r\n")
}

#[actix_web::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let address = listen();
    let answer = send(address, request("HEAD", "/openapi.json", "")).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.to_lowercase().contains("content-length: "), "{head}");
    assert_eq!(body, "");
}

#[actix_web::test]
async fn a_panic_answers_and_the_server_goes_on() {
    let address = listen();
    let answer = send(address, request("GET", "/api/v1/panic", "Accept-Language: en\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(answer.contains("application/problem+json") && answer.contains("\"code\":\"internal\""), "{answer}");
    assert!(!answer.contains("secret"), "{answer}");
    assert!(send(address, request("GET", "/api/v1/cases", "")).await.starts_with("HTTP/1.1 200"));
}
