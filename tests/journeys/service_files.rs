//! Photographs and documents that a provider shows with a service: seen by whoever sees the service, and gone when they are
//! taken back.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use serde_json::json;

use super::marketplace::Town;
use crate::support::app::Engine;
use crate::support::visitor::{Reply, Visitor};

fn picture(format: ImageFormat, width: u32) -> Vec<u8> {
    let mut bytes = vec![];
    RgbImage::from_pixel(width, 30, image::Rgb([10, 90, 160])).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

/// Sends a file with the form of a page, as a browser does.
fn send(who: &Visitor, page: &str, action: &str, words: (&str, &str), (name, bytes): (&str, &[u8])) -> Reply {
    let shown = who.open(page);
    let mut pairs = who.form(&shown, action, &[words]);
    pairs.retain(|(name, _)| name != "evidence");
    let reply = who.post_bytes(action, &pairs, ("evidence", name, bytes));
    if reply.status == 303 { who.follow(&reply) } else { reply }
}

#[test]
fn a_photo_is_made_anew_and_seen_by_everybody_until_it_is_deleted() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("not_registered", "", "1 1 2020");
        let service = town.service("Pottery club", "DT1 1XJ", "30.00", "day", "net");
        let provider = town.app.signed_in("provider@example.org");
        let (files, photos) = (format!("{service}/files"), format!("{service}/photos"));
        provider.open(&format!("{service}/edit")).must_say("Photos and documents");
        provider.open(&files).must_not_say("Error:");
        let seen = ("seen", "Six people at potter's wheels");
        let added = send(&provider, &files, &photos, seen, ("a.png", &picture(ImageFormat::Png, 3_000)));
        added.must_be(200).must_say("The photo is shown.");
        let page = town.app.visitor().open(&service);
        assert!(page.body.contains("alt=\"Six people at potter"), "{}", page.body);
        let src = format!("{photos}/{}", town.app.number("SELECT max(id) AS n FROM service_files"));
        assert!(page.body.contains(&format!("src=\"{src}\"")));
        let photo = town.app.visitor().get(&src);
        photo.must_be(200);
        assert_eq!(photo.header("content-type"), Some("image/jpeg"));
        assert_eq!(photo.header("x-content-type-options"), Some("nosniff"));
        let shown = image::load_from_memory(&photo.bytes).unwrap();
        assert_eq!((shown.width(), shown.height()), (1_600, 16));
        // A document is for keeping, never run here.
        let documents = format!("{service}/documents");
        let pdf = b"%PDF-1.7\n1 0 obj\n".as_slice();
        send(&provider, &files, &documents, ("title", "What a day looks like"), ("day.pdf", pdf))
            .must_say("The document is shown.");
        let href = format!("{documents}/{}", town.app.number("SELECT max(id) AS n FROM service_files"));
        town.app.visitor().open(&service).must_say("What a day looks like (PDF)");
        let document = town.app.visitor().get(&href);
        assert_eq!(document.bytes, pdf);
        assert!(document.header("content-disposition").unwrap().starts_with("attachment"));
        // One is not the other, nor another service's.
        town.app.visitor().get(&href.replace("documents", "photos")).must_be(404);
        let other = town.service("Choir", "DT1 1XJ", "30.00", "day", "net");
        town.app.visitor().get(&src.replace(&service, &other)).must_be(404);
        // What nobody sees has no photos for others.
        provider.submit(&format!("{service}/edit"), &format!("{service}/publication"), &[]);
        town.app.visitor().get(&src).must_be(404);
        provider.get(&src).must_be(200);
        provider.submit(&format!("{service}/edit"), &format!("{service}/publication"), &[]);
        let removal = format!("{files}/{}/removal", src.rsplit('/').next().unwrap());
        provider.submit(&files, &removal, &[]).must_say("It is deleted.");
        town.app.visitor().get(&src).must_be(404);
        assert_eq!(town.app.number("SELECT count(*) AS n FROM service_files"), 1, "nothing is kept of it");
    }
}

#[test]
fn what_is_no_photo_is_refused_and_nobody_else_adds_or_deletes() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("not_registered", "", "1 1 2020");
        let service = town.service("Pottery club", "DT1 1XJ", "30.00", "day", "net");
        let provider = town.app.signed_in("provider@example.org");
        let (files, photos) = (format!("{service}/files"), format!("{service}/photos"));
        let seen = ("seen", "A wheel");
        for (name, bytes) in [
            ("a.jpg", &b"\xff\xd8\xff\xe0 no picture"[..]),
            ("a.pdf", b"%PDF-1.7\n"),
            ("a.svg", b"<svg onload=alert(1)>"),
            ("a.png", b""),
        ] {
            let refused = send(&provider, &files, &photos, seen, (name, bytes));
            refused.must_be(422).must_say("Choose a");
            assert!(refused.body.contains("#photo-evidence"), "it leads to the photo's own field");
        }
        let picture = picture(ImageFormat::Jpeg, 40);
        let nothing_said = send(&provider, &files, &photos, ("seen", ""), ("a.jpg", &picture));
        nothing_said.must_be(422).must_say("Enter what can be seen in the photo");
        provider.post_json(&photos, &json!({ "seen": "No file" })).must_be(422);
        assert_eq!(town.app.number("SELECT count(*) AS n FROM service_files"), 0);
        for number in 0..6 {
            let words = format!("Wheel {number}");
            send(&provider, &files, &photos, ("seen", &words), ("a.jpg", &picture)).must_be(200);
        }
        send(&provider, &files, &photos, seen, ("a.jpg", &picture))
            .must_be(422)
            .must_say("A service shows at most 6 photos.");
        // Another provider's things do not exist for somebody else.
        let rival = town.app.organisation("Rival", tailormade::people::OrganisationKind::Company, &["provider"]);
        town.app.works_for(town.app.user("rival@example.org", "Rita Rival"), rival);
        let rival = town.app.signed_in("rival@example.org");
        rival.get(&files).must_be(404);
        let first = town.app.number("SELECT min(id) AS n FROM service_files");
        rival.post_json(&format!("{files}/{first}/removal"), &json!({})).must_be(404);
        let pairs = [("seen".to_owned(), "Mine".to_owned())];
        rival.post_bytes(&photos, &pairs, ("evidence", "a.jpg", &picture)).must_be(404);
        town.app.signed_in("person@example.org").get(&files).must_be(403);
        assert_eq!(town.app.number("SELECT count(*) AS n FROM service_files"), 6);
    }
}
