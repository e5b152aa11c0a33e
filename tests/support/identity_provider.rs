//! A small identity provider (OpenID Connect) for the tests: it knows one person and tells what it is told to tell.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Made for these tests; it opens nothing else.
const KEY: &[u8] = include_bytes!("identity-provider-key.der");
/// Its public half, as a JSON Web Key has it.
const MODULUS: &str = "sGxZv7HmjgS_Rv4mn46ZxSVn3U2IN0zknv6DUyi2kFx0k_S5Tckf5CY8WdRX71v1AeV7e90LVnlD8NvCMmdToYvApXNZS588XCWT19-Xx1X5P1SKwtDytLGF1h56QHfTl0PHOfoQrSasplVazEXZ_FwpYVhr1tu93Nw8oDlFGNvdj_KUquSN58yOr3DSREsgYrrF6kur_EYIRK3r36JLFyEJed23dtsRX9B6EGkud3ZHeovAAtKjRYdsX5_dKN8P2lV5CDKUCf0e0h3xs4fOqwnz_SihCkFaRtajSrJFsVx8KfcfgEY5QPoQgBN7MSLOHZV6-QzPNvJymT3w6m5hrQ";

pub const CLIENT: &str = "tailormade-test";
pub const SECRET: &str = "a secret of the tests";

/// Who signs in there, and what is wrong with what is told of them.
#[derive(Clone, Debug)]
pub struct Told {
    pub subject: &'static str,
    pub email: &'static str,
    pub verified: bool,
    pub methods: Vec<&'static str>,
    /// Members of the identity that are told otherwise.
    pub lies: Vec<(&'static str, Value)>,
    /// Whether the identity is not signed at all.
    pub unsigned: bool,
}

/// What was asked for with a code: nonce and challenge.
type Codes = HashMap<String, (String, String)>;

pub struct IdentityProvider {
    pub issuer: String,
    told: Arc<Mutex<Told>>,
}

impl IdentityProvider {
    /// Answers on loopback until the test program ends.
    pub fn start(told: Told) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let told = Arc::new(Mutex::new(told));
        let (own, known) = (issuer.clone(), Arc::clone(&told));
        std::thread::spawn(move || {
            let mut codes = Codes::new();
            for stream in listener.incoming().map_while(Result::ok) {
                let told = known.lock().unwrap().clone();
                answer(stream, &own, &told, &mut codes);
            }
        });
        Self { issuer, told }
    }

    /// Tells something else from now on.
    pub fn tells(&self, change: impl FnOnce(&mut Told)) {
        change(&mut self.told.lock().unwrap());
    }

    /// The operator's file for an organisation whose provider this is.
    pub fn file(&self, organisation: i64) -> String {
        json!([{
            "organisation": organisation, "name": "Example Council", "issuer": self.issuer,
            "client_id": CLIENT, "client_secret": SECRET,
        }])
        .to_string()
    }
}

/// One request, one answer, and the line is closed.
fn answer(mut stream: TcpStream, issuer: &str, told: &Told, codes: &mut Codes) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let (mut length, mut authorization) = (0, String::new());
    for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
        let Some((name, value)) = line.split_once(": ") else { continue };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => authorization = value.to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let (status, more, text) = match path {
        "/.well-known/openid-configuration" => ("200 OK", String::new(), about(issuer).to_string()),
        "/keys" => ("200 OK", String::new(), keys().to_string()),
        "/authorize" => ("302 Found", format!("location: {}\r\n", authorize(query, codes)), String::new()),
        "/token" => match token(&body, &authorization, issuer, told, codes) {
            Some(answer) => ("200 OK", String::new(), answer.to_string()),
            None => ("400 Bad Request", String::new(), json!({ "error": "invalid_grant" }).to_string()),
        },
        _ => ("404 Not Found", String::new(), String::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{more}content-length: {}\r\nconnection: close\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(text.as_bytes())).unwrap();
}

fn about(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    })
}

fn keys() -> Value {
    json!({ "keys": [{ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "test", "n": MODULUS, "e": "AQAB" }] })
}

fn pairs(text: &str) -> HashMap<String, String> {
    serde_urlencoded::from_str(text).unwrap()
}

/// Whoever comes is signed in at once and sent back with a code.
fn authorize(query: &str, codes: &mut Codes) -> String {
    let asked = pairs(query);
    assert_eq!((asked["client_id"].as_str(), asked["code_challenge_method"].as_str()), (CLIENT, "S256"));
    let code = format!("code-{}", codes.len());
    codes.insert(code.clone(), (asked["nonce"].clone(), asked["code_challenge"].clone()));
    let back = serde_urlencoded::to_string([("code", code), ("state", asked["state"].clone())]).unwrap();
    format!("{}?{back}", asked["redirect_uri"])
}

/// A code is good once, for who has its verifier and the client's secret.
fn token(body: &[u8], authorization: &str, issuer: &str, told: &Told, codes: &mut Codes) -> Option<Value> {
    let client = STANDARD.decode(authorization.strip_prefix("Basic ")?).ok()?;
    let client = String::from_utf8(client).ok()?.replace('+', " ").replace("%20", " ");
    let sent = pairs(std::str::from_utf8(body).ok()?);
    let (nonce, challenge) = codes.remove(sent.get("code")?)?;
    let verified = URL_SAFE_NO_PAD.encode(Sha256::digest(sent.get("code_verifier")?)) == challenge;
    if client != format!("{CLIENT}:{SECRET}") || !verified {
        return None;
    }
    // The stopped clock of the tests stands in 2026.
    let now = 1_793_613_600;
    let mut claims = json!({
        "iss": issuer, "aud": CLIENT, "sub": told.subject, "nonce": nonce, "iat": now, "exp": now + 600,
        "email": told.email, "email_verified": told.verified, "amr": told.methods,
    });
    for (name, value) in &told.lies {
        claims[*name] = value.clone();
    }
    let identity = if told.unsigned {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(&json!({ "alg": "none" })), part(&claims))
    } else {
        let header = Header { kid: Some("test".to_owned()), ..Header::new(Algorithm::RS256) };
        encode(&header, &claims, &EncodingKey::from_rsa_der(KEY)).unwrap()
    };
    Some(json!({ "access_token": "x", "token_type": "Bearer", "id_token": identity }))
}
