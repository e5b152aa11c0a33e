//! The stylesheet, the script and the icon, served from the binary under addresses that name their content.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use rust_embed::Embed;

use super::token::sha256;

#[derive(Embed)]
#[folder = "public/"]
struct Public;

/// Where the files are served.
pub const FOLDER: &str = "/assets/";

/// The address of each file, with its content's hash in it.
fn addresses() -> &'static BTreeMap<String, String> {
    static ADDRESSES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    ADDRESSES.get_or_init(|| {
        Public::iter()
            .filter_map(|name| {
                let file = Public::get(&name)?;
                let hash = sha256(&String::from_utf8_lossy(&file.data));
                Some((name.to_string(), format!("{FOLDER}{}/{name}", &hash[..16])))
            })
            .collect()
    })
}

/// Where a file of `public/` is served; an unknown name leads to an address that is not found.
#[must_use]
pub fn address(name: &str) -> &'static str {
    addresses().get(name).map_or("/assets/unknown", String::as_str)
}

/// Serves one file; its address changes with its content, so it may be kept for ever.
pub async fn serve(path: web::Path<(String, String)>) -> HttpResponse {
    let (hash, name) = path.into_inner();
    let known = addresses().get(&name).is_some_and(|address| *address == format!("{FOLDER}{hash}/{name}"));
    match Public::get(&name).filter(|_| known) {
        None => HttpResponse::NotFound().finish(),
        Some(file) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, content_type(&name)))
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(file.data.into_owned()),
    }
}

/// The content type by the file's ending; only what `public/` holds.
fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
