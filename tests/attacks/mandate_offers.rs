//! Offers of mandates: which addresses sign in, other people's offers, offers that are no longer what they were.

use serde_json::{Value, json};
use tailormade::demo::seed;

use super::{World, done, refused};
use crate::support::visitor::{Reply, Visitor};

/// An address that nobody signs in with.
const UNKNOWN: &str = "nobody@demo.example";

impl World {
    fn mary(&self) -> String {
        let mary =
            "SELECT p.id AS n FROM people p JOIN users u ON u.id = p.user_id WHERE u.email = 'mary@demo.example'";
        format!("/people/{}", self.number(mary))
    }

    /// Mary asks somebody; answers where the offer is.
    fn asked(&self, email: &str) -> String {
        let body = json!({ "email": email, "authority": "carer", "from": "2026-11-23", "see_money": "true" });
        done(&self.visitor(&seed::PERSON), &format!("{}/mandates", self.mary()), &body);
        self.app.newest_offer()
    }

    fn rename(&self, from: &str, to: &str) {
        self.app.fresh.execute(&format!("UPDATE users SET email = '{to}' WHERE email = '{from}'"));
    }
}

fn accept(offer: &str) -> String {
    format!("{offer}/acceptance")
}

/// A status, headers, a body.
type Bare = (u16, Vec<(String, String)>, String);

/// What is left of an answer when the address itself, the token of the form and the reference of the request
/// are taken out.
fn bare(reply: &Reply, email: &str) -> Bare {
    let of_itself =
        ["date", "x-request-id", "content-length", "set-cookie", "content-security-policy", "server-timing"];
    let kept = |(name, _): &&(String, String)| !of_itself.contains(&name.as_str());
    let mut headers: Vec<(String, String)> = reply.headers.iter().filter(kept).cloned().collect();
    headers.sort();
    let mut body = reply.body.replace(email, "ADDRESS");
    for (before, after) in [("name=\"form_token\" value=\"", '"'), ("\"reference\":\"", '"')] {
        let parts: Vec<&str> = body.split(before).collect();
        let rest = |part: &&str| part.split_once(after).map_or(String::new(), |(_, rest)| format!("TAKEN OUT{rest}"));
        let [first, others @ ..] = parts.as_slice() else { unreachable!() };
        body = std::iter::once((*first).to_owned()).chain(others.iter().map(rest)).collect();
    }
    (reply.status, headers, body)
}

/// Everything that whoever asks can see, and the mail that is written, for an address.
fn seen_of(email: &str) -> Vec<Bare> {
    let world = World::new();
    let (mary, before) = (world.visitor(&seed::PERSON), world.app.mails().len());
    let path = format!("{}/mandates", world.mary());
    let typed = [("email", email), ("authority", "carer")];
    let pairs = mary.form(&mary.open(&path), &path, &typed);
    let sent = mary.post_pairs(&path, &pairs);
    let body = json!({ "email": email, "authority": "advocate", "from": "2026-11-23" });
    let sent_as_json = mary.post_json(&path, &body);
    let again = mary.post_json(&path, &body);
    let wrong = mary.post_json(&path, &json!({ "email": email, "authority": "attorney", "from": "2026-11-23" }));
    let offers = [mary.open("/mandate-offers/1"), mary.get_json("/mandate-offers/1")];
    let lists = [mary.open(&path), mary.get_json(&path), world.visitor(&seed::OFFICER).open(&path)];
    let record = mary.open(&format!("{}/record", world.mary()));
    let mails = world.app.mails();
    assert_eq!(mails.len(), before + 2, "one mail for each");
    assert!(mails[..2].iter().all(|mail| mail.to == email), "{mails:?}");
    let texts = mails[..2].iter().map(|mail| (0, vec![], format!("{} {}", mail.subject, mail.text)));
    let replies = [sent, sent_as_json, again, wrong].into_iter().chain(offers).chain(lists).chain([record]);
    let mut seen: Vec<_> = replies.map(|reply| bare(&reply, email)).collect();
    seen.extend(texts.map(|(status, headers, text)| (status, headers, text.replace(&world.app.url, "SITE"))));
    seen
}

#[test]
fn nothing_tells_whether_somebody_signs_in_with_an_address() {
    let (known, unknown) = (seen_of(seed::NEIGHBOUR.email), seen_of(UNKNOWN));
    assert_eq!(known.len(), unknown.len());
    for (known, unknown) in known.iter().zip(&unknown) {
        assert_eq!(known, unknown);
    }
    let statuses: Vec<u16> = known.iter().take(4).map(|(status, ..)| *status).collect();
    assert_eq!(statuses, [303, 201, 422, 403]);
}

#[test]
fn what_is_said_of_an_organisation_is_said_to_the_one_whom_it_concerns() {
    let world = World::new();
    let brokerage = world.organisation_of(&seed::BROKER);
    let mary = world.visitor(&seed::PERSON);
    let path = format!("{}/mandates", world.mary());
    let body = |email: &str| {
        let organisation = brokerage.to_string();
        json!({ "email": email, "authority": "broker", "from": "2026-11-23", "organisation": organisation })
    };
    // Somebody who works there, somebody who does not, somebody who is nobody: the same answer.
    let replies = [seed::BROKER.email, seed::NEIGHBOUR.email, UNKNOWN].map(|email| {
        let reply = mary.post_json(&path, &body(email));
        (reply.status, reply.body)
    });
    assert!(replies.iter().all(|reply| *reply == replies[0] && reply.0 == 201), "{replies:?}");
    let neighbours = world.number("SELECT min(id) AS n FROM mandate_offers WHERE email LIKE 'tom%'");
    let (tom, offer) = (world.visitor(&seed::NEIGHBOUR), format!("/mandate-offers/{neighbours}"));
    let reply = refused(&world.app, &tom, &accept(&offer), &json!({}), 422);
    assert!(reply.body.contains("does not work for this organisation"), "{}", reply.body);
}

#[test]
fn other_peoples_offers_do_not_exist() {
    let world = World::new();
    let offer = world.asked(seed::ART.email);
    let nothing = |visitor: &Visitor| {
        for path in [offer.clone(), format!("{offer}/evidence")] {
            assert_eq!((visitor.get(&path).status, visitor.get_json(&path).status), (404, 404), "{path}");
        }
        for what in ["acceptance", "refusal", "withdrawal"] {
            refused(&world.app, visitor, &format!("{offer}/{what}"), &json!({}), 404);
        }
    };
    for stranger in [&seed::NEIGHBOUR, &seed::DAY_CLUB, &seed::AGENCY, &seed::FINANCE, &seed::BROKER] {
        nothing(&world.visitor(stranger));
    }
    // An address that is nearly the same.
    for near in
        [format!("x{}", seed::ART.email), format!("{}.uk", seed::ART.email), seed::ART.email.replace('@', "+a@")]
    {
        world.app.user(&near, "Somebody Near");
        nothing(&world.app.signed_in(&near));
    }
    // Whoever sees it may do what is theirs and nothing else.
    let (mary, officer, ines) =
        (world.visitor(&seed::PERSON), world.visitor(&seed::OFFICER), world.visitor(&seed::ART));
    for what in ["acceptance", "refusal"] {
        refused(&world.app, &mary, &format!("{offer}/{what}"), &json!({}), 403);
        refused(&world.app, &officer, &format!("{offer}/{what}"), &json!({}), 403);
    }
    refused(&world.app, &ines, &format!("{offer}/withdrawal"), &json!({}), 403);
    // What the mailbox is called is read as sign-ins read it.
    let typed = world.asked(&seed::BROKER.email.to_uppercase());
    assert_eq!(world.visitor(&seed::BROKER).get(&typed).status, 200);
}

#[test]
fn an_offer_is_answered_once() {
    let world = World::new();
    let mandates = || world.number("SELECT COUNT(*) AS n FROM mandates");
    let (mary, ines, before) = (world.visitor(&seed::PERSON), world.visitor(&seed::ART), mandates());
    let settled = |offer: &str| {
        for (who, what) in [(&ines, "acceptance"), (&ines, "refusal"), (&mary, "withdrawal")] {
            refused(&world.app, who, &format!("{offer}/{what}"), &json!({}), 409);
        }
    };
    let accepted = world.asked(seed::ART.email);
    done(&ines, &accept(&accepted), &json!({}));
    settled(&accepted);
    assert_eq!(mandates(), before + 1);
    let withdrawn = world.asked(seed::ART.email);
    done(&mary, &format!("{withdrawn}/withdrawal"), &json!({}));
    settled(&withdrawn);
    let declined = world.asked(seed::ART.email);
    done(&ines, &format!("{declined}/refusal"), &json!({}));
    settled(&declined);
    assert_eq!(mandates(), before + 1);
}

#[test]
fn what_changed_since_stops_the_yes() {
    let world = World::new();
    let (ines, officer) = (world.visitor(&seed::ART), world.visitor(&seed::OFFICER));
    let says = |offer: &str, words: &str| {
        let reply = refused(&world.app, &ines, &accept(offer), &json!({}), 422);
        assert!(reply.body.contains(words), "{}", reply.body);
    };
    let path = format!("{}/mandates", world.mary());
    let deputy =
        json!({ "email": seed::ART.email, "authority": "deputy", "from": "2026-11-23", "evidence_note": "Seen" });
    done(&officer, &path, &deputy);
    let offer = world.app.newest_offer();
    let capable =
        json!({ "decided_on": "2026-11-23", "about": "money", "outcome": "has_capacity", "decided_by": "Dr Example" });
    done(&officer, &format!("{}/capacity-decisions", world.mary()), &capable);
    says(&offer, "can decide themself again");
    let carer = world.asked(seed::ART.email);
    // What she offered before it was found that she cannot decide about her money, nobody begins any more.
    let mut lost = capable.clone();
    lost["outcome"] = json!("lacks_capacity");
    done(&officer, &format!("{}/capacity-decisions", world.mary()), &lost);
    says(&carer, "it was found that they cannot decide this themself");
    done(&officer, &format!("{}/death", world.mary()), &json!({ "died_on": "2026-11-22" }));
    says(&carer, "has died");
    says(&offer, "has died");
    assert_eq!(world.visitor(&seed::NEIGHBOUR).get(&carer).status, 404);
}

#[test]
fn an_offer_follows_the_address_and_nobody_gives_authority_to_themselves_by_it() {
    let world = World::new();
    let offer = world.asked(seed::ART.email);
    let (ines, broker) = (world.visitor(&seed::ART), world.visitor(&seed::BROKER));
    world.rename(seed::ART.email, "ines@elsewhere.example");
    assert_eq!(ines.get(&offer).status, 404);
    refused(&world.app, &ines, &accept(&offer), &json!({}), 404);
    ines.open("/").must_not_say("To act for");
    // Whoever has the address now was asked, as the mail was.
    world.rename(seed::BROKER.email, seed::ART.email);
    broker.open("/").must_say("To act for M. W.");
    assert_eq!(broker.get(&offer).status, 200);
    // The person, who comes to have the address that she asked.
    let mary = world.visitor(&seed::PERSON);
    world.rename(seed::ART.email, "broker@elsewhere.example");
    world.rename(seed::PERSON.email, seed::ART.email);
    let reply = refused(&world.app, &mary, &accept(&offer), &json!({}), 422);
    assert!(reply.body.contains("needs no mandate for themselves"), "{}", reply.body);
    // The officer, who comes to have the address that they asked.
    let officer = world.visitor(&seed::OFFICER);
    let person = world.number("SELECT id AS n FROM people WHERE name = 'Mary Whitlow'");
    let attorney = json!({ "email": "soon@elsewhere.example", "authority": "attorney", "from": "2026-11-23",
                           "evidence_note": "Seen" });
    done(&officer, &format!("/people/{person}/mandates"), &attorney);
    let offer = world.app.newest_offer();
    world.rename(seed::OFFICER.email, "soon@elsewhere.example");
    let reply = refused(&world.app, &officer, &accept(&offer), &json!({}), 422);
    assert!(reply.body.contains("Nobody records authority for themselves"), "{}", reply.body);
}

#[test]
fn nobodys_mailbox_is_filled_from_here() {
    let world = World::new();
    let (mary, path) = (world.visitor(&seed::PERSON), format!("{}/mandates", world.mary()));
    for _ in 0..10 {
        let offer = world.asked(UNKNOWN);
        done(&mary, &format!("{offer}/withdrawal"), &json!({}));
    }
    let once_more = json!({ "email": UNKNOWN, "authority": "carer", "from": "2026-11-23" });
    refused(&world.app, &mary, &path, &once_more, 429);
    world.app.on("2026-11-25");
    let mary = world.visitor(&seed::PERSON);
    done(&mary, &path, &once_more);
}

#[test]
fn what_is_written_in_a_name_goes_into_no_mail() {
    let world = World::new();
    world.app.fresh.execute("UPDATE people SET name = 'You won: call 0900 now' WHERE name = 'Mary Whitlow'");
    world.asked(UNKNOWN);
    let mail = &world.app.mails()[0];
    assert!(!mail.text.contains("won") && !mail.text.contains("0900"), "{}", mail.text);
    for wrong in ["no address", "a@b", "a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org"] {
        let body = json!({ "email": wrong, "authority": "carer", "from": "2026-11-23" });
        let path = format!("/people/{}/mandates", world.number("SELECT min(person_id) AS n FROM mandate_offers"));
        let reply = refused(&world.app, &world.visitor(&seed::PERSON), &path, &body, 422);
        let named: Vec<Value> =
            reply.json()["errors"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect();
        assert_eq!(named, ["email"], "{wrong}");
    }
}

#[test]
fn an_officer_does_not_learn_the_persons_address_and_an_answer_is_for_whoever_gave_it() {
    let world = World::new();
    let officer = world.visitor(&seed::OFFICER);
    let path = format!("{}/mandates", world.mary());
    let [own, unknown] = [seed::PERSON.email, UNKNOWN].map(|email| {
        let wrong = json!({ "email": email, "authority": "attorney", "from": "2026-11-23", "choose": "true" });
        let reply = officer.post_json(&path, &wrong);
        (reply.status, reply.json()["errors"].clone())
    });
    assert_eq!(own, unknown);
    let offer = world.asked(seed::ART.email);
    let ines = world.visitor(&seed::ART);
    ines.submit(&offer, &accept(&offer), &[]);
    assert_eq!(ines.get(&offer).status, 200);
    // Somebody else comes to have the address.
    world.rename(seed::ART.email, "ines@elsewhere.example");
    world.rename(seed::NEIGHBOUR.email, seed::ART.email);
    let tom = world.visitor(&seed::Party { email: seed::ART.email, ..seed::NEIGHBOUR });
    assert_eq!((tom.get(&offer).status, ines.get(&offer).status), (404, 200));
}
