//! Members of an organisation sign in where they do every day.

use serde_json::json;
use tailormade::people::OrganisationKind;

use crate::support::app::{Engine, TestApp, fast_folder};
use crate::support::identity_provider::{IdentityProvider, Told};
use crate::support::visitor::{Reply, Visitor};

const EMAIL: &str = "officer@example.org";

struct Town {
    app: TestApp,
    provider: IdentityProvider,
    _folder: tempfile::TempDir,
}

impl Town {
    fn new(engine: Engine) -> Self {
        let told = Told {
            subject: "s-1",
            email: EMAIL,
            verified: true,
            methods: vec!["pwd", "mfa"],
            lies: vec![],
            unsigned: false,
        };
        let (provider, folder) = (IdentityProvider::start(told), fast_folder());
        let file = folder.path().join("openid.json");
        std::fs::write(&file, provider.file(1)).unwrap();
        let file: &'static str = Box::leak(file.display().to_string().into_boxed_str());
        let app = TestApp::start_on(engine, &[("TAILORMADE_OPENID_FILE", file)]);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        assert_eq!(council.number(), 1);
        app.council_officer(app.user(EMAIL, "Olive Officer"), council);
        Self { app, provider, _folder: folder }
    }

    /// To the provider, which signs in whoever comes, and back with its answer.
    fn round(&self, visitor: &Visitor) -> Reply {
        visitor.get(&self.way_back(visitor))
    }

    /// Where the provider sends somebody back to.
    fn way_back(&self, visitor: &Visitor) -> String {
        let there = visitor.get("/sign-in/organisations/1?next=/people");
        there.must_be(303);
        let address = there.location.unwrap();
        let stranger = Visitor::new(&self.provider.issuer);
        let back = stranger.get(address.strip_prefix(&self.provider.issuer).unwrap()).location.unwrap();
        back.strip_prefix(&self.app.url).unwrap().to_owned()
    }
}

#[test]
fn a_member_signs_in_at_the_organisation_and_goes_on_to_the_page_that_was_wanted() {
    for engine in Engine::all() {
        let town = Town::new(engine);
        let visitor = town.app.visitor();
        visitor.open("/sign-in").must_say("Sign in with your organisation");
        visitor.open("/sign-in/organisations").must_say("Example Council");
        let back = town.round(&visitor);
        assert_eq!((back.status, back.location.as_deref()), (303, Some("/people")));
        visitor.open("/people").must_say("There is nobody here yet.");
        // From then on the provider's own name for somebody counts, whatever their address has become.
        town.provider.tells(|told| told.email = "olive.married@example.org");
        let again = town.app.visitor();
        assert_eq!(town.round(&again).location.as_deref(), Some("/people"));
        // An address that passed to somebody else opens nothing.
        town.provider.tells(|told| (told.subject, told.email) = ("s-2", "nobody@example.org"));
        town.round(&town.app.visitor()).must_be(422).must_say("here you are none of its members yet");
    }
}

#[test]
fn a_second_factor_given_there_counts_here_and_one_not_given_is_not_made_up() {
    let town = Town::new(Engine::Sqlite);
    let strong = town.app.visitor();
    town.round(&strong);
    assert_eq!(strong.get("/account/sessions").status, 200);
    let with_factor = || town.app.number("SELECT count(*) AS n FROM sessions WHERE second_factor_at IS NOT NULL");
    assert_eq!(with_factor(), 1);
    town.provider.tells(|told| told.methods = vec!["pwd"]);
    town.round(&town.app.visitor());
    assert_eq!(with_factor(), 1);
}

#[test]
fn what_a_provider_does_not_truly_vouch_for_opens_nothing() {
    let town = Town::new(Engine::Sqlite);
    let refused = |what: &str, lie: (&'static str, serde_json::Value)| {
        town.provider.tells(|told| told.lies = vec![lie]);
        let reply = town.round(&town.app.visitor());
        assert_eq!(reply.status, 422, "{what}: {}", reply.text());
        reply.must_say("did not confirm who you are");
    };
    refused("made for another server", ("aud", json!("somebody-else")));
    refused("made by another provider", ("iss", json!("https://login.example.net")));
    refused("made for another sign-in", ("nonce", json!("another")));
    refused("run out", ("exp", json!(1_793_613_000)));
    town.provider.tells(|told| (told.lies, told.unsigned) = (vec![], true));
    town.round(&town.app.visitor()).must_be(422).must_say("did not confirm who you are");
    town.provider.tells(|told| (told.unsigned, told.verified) = (false, false));
    town.round(&town.app.visitor()).must_be(422).must_say("none of its members");
    assert_eq!(town.app.number("SELECT count(*) AS n FROM sessions"), 0);
    assert_eq!(town.app.number("SELECT count(*) AS n FROM identities"), 0);
}

#[test]
fn an_answer_belongs_to_the_browser_that_asked_and_counts_once() {
    let town = Town::new(Engine::Sqlite);
    let (honest, victim) = (town.app.visitor(), town.app.visitor());
    let way = town.way_back(&honest);
    // Somebody is led to the way back of another one's sign-in, with or without a sign-in of their own under way.
    victim.get(&way).must_be(422).must_say("began in another browser");
    town.way_back(&victim);
    victim.get(&way).must_be(422).must_say("belongs to another sign-in");
    assert_eq!(honest.get(&way).status, 303);
    honest.get(&way).must_be(422);
    // Too late is too late.
    let late = town.app.visitor();
    let way = town.way_back(&late);
    town.app.clock.set(town.app.clock.now() + chrono::TimeDelta::minutes(11));
    late.get(&way).must_be(422).must_say("took too long");
    // Whoever is said not to have been let in there is told so.
    let visitor = town.app.visitor();
    visitor.get("/sign-in/organisations/1");
    visitor.get("/sign-in/back?error=access_denied").must_be(422).must_say("did not sign you in");
    visitor.get("/sign-in/organisations/2").must_be(404);
}

#[test]
fn who_left_the_organisation_is_nobody_there() {
    let town = Town::new(Engine::Sqlite);
    town.round(&town.app.visitor()).must_be(303);
    town.app.fresh.execute("UPDATE memberships SET ended_at = created_at");
    town.round(&town.app.visitor()).must_be(422).must_say("none of its members");
}
