//! Asking too much, and taking too long.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::support::app::TestApp;

#[test]
fn who_asks_too_much_waits_and_is_told_how_long() {
    let app = TestApp::start_with(&[("TAILORMADE_REQUESTS_PER_MINUTE", "5")]);
    let visitor = app.visitor();
    for _ in 0..5 {
        visitor.get("/glossary").must_be(200);
    }
    let refused = visitor.get("/glossary");
    refused.must_be(429).must_say("Too many pages were asked for from where you are.");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // What somebody writes into the request does not make them somebody else.
    let told = visitor.request("GET", "/glossary", &[("x-forwarded-for", "192.0.2.7")], None);
    assert_eq!(told.status, 429);
}

#[test]
fn a_body_that_trickles_in_gives_its_place_free() {
    let app = TestApp::start_with(&[("TAILORMADE_REQUEST_SECONDS", "1")]);
    let mut line = TcpStream::connect(app.url.trim_start_matches("http://")).unwrap();
    let head = "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n{";
    line.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    line.read_exact(&mut answer).unwrap();
    assert_eq!(std::str::from_utf8(&answer).unwrap(), "HTTP/1.1 503");
    app.visitor().get("/glossary").must_be(200);
}
