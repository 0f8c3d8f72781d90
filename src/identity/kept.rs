//! The one stored record of an identity pool: who is known there by which id, and the credentials that still live.

use std::rc::Rc;

use super::Credentials;
use crate::json::{Json, ObjectWriter};
use crate::secret::Secret;

/// A record of another version is not understood, hence empty.
const VERSION: i64 = 1;

/// Whose credentials they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    name: String,
    key: String,
}

const GUEST: &str = "guest";
const APP: &str = "app";

impl Owner {
    /// A guest.
    pub fn guest() -> Self {
        Self::named(GUEST)
    }

    /// Whoever the app's callback says. Who that is is not asked: a user who changes must be signed out.
    pub fn app() -> Self {
        Self::named(APP)
    }

    fn named(name: &str) -> Self {
        Self { name: name.to_owned(), key: name.to_owned() }
    }

    /// A user of the user pool, with one set of roles: the pool's rule may give another role for another set.
    pub fn user(subject: &str, preferred_role: Option<&str>, roles: &[String]) -> Self {
        let mut key = [subject, "\n", preferred_role.unwrap_or_default()].concat();
        for role in roles {
            key.push('\n');
            key.push_str(role);
        }
        Self { name: subject.to_owned(), key }
    }

    /// Where the credentials of this owner's role are kept.
    pub fn slot(&self, role: Option<&str>) -> String {
        [&self.key, "\n\n", role.unwrap_or_default()].concat()
    }
}

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    identities: Vec<(String, String)>,
    credentials: Vec<(String, Rc<Credentials>)>,
}

impl Kept {
    /// Reads a stored record. Garbage or another version is as good as none.
    pub fn parse(text: &str) -> Self {
        let json = Json::parse(text).unwrap_or(Json::Null);
        let mut kept = Self::default();
        if json.integer("v") == Some(VERSION) {
            let members = |key| json.get(key).map(Json::members).unwrap_or_default();
            for (name, id) in members("identities") {
                kept.identities.extend(id.as_str().map(|id| (name.to_string(), id.to_owned())));
            }
            for (slot, entry) in members("credentials") {
                kept.credentials.extend(read(entry).map(|entry| (slot.to_string(), Rc::new(entry))));
            }
        }
        kept
    }

    /// The text to store.
    pub fn to_text(&self) -> Secret {
        let (mut identities, mut credentials) = (ObjectWriter::new(), ObjectWriter::new());
        for (name, id) in &self.identities {
            identities.string(name, id);
        }
        for (slot, entry) in &self.credentials {
            credentials.object(slot, &mut written(entry));
        }
        let mut json = ObjectWriter::new();
        json.integer("v", VERSION).object("identities", &mut identities).object("credentials", &mut credentials);
        json.finish().into()
    }

    /// By which id the identity pool knows somebody.
    pub fn identity_id(&self, owner: &Owner) -> Option<String> {
        find(&self.identities, &owner.name).cloned()
    }

    /// What is kept in a slot, however old.
    pub fn credentials(&self, slot: &str) -> Option<Rc<Credentials>> {
        find(&self.credentials, slot).cloned()
    }

    /// Keeps new credentials. Those of another user, or of the same with other roles, go; a guest's stay.
    pub fn keep(&mut self, owner: &Owner, slot: String, credentials: Credentials) {
        let (own, guests) = (owner.slot(None), Owner::guest().slot(None));
        let is_guest = owner.name == GUEST;
        self.identities.retain(|(name, _)| *name != owner.name && (is_guest || name == GUEST));
        self.identities.push((owner.name.clone(), credentials.identity_id.clone()));
        self.credentials
            .retain(|(other, _)| *other != slot && (is_guest || other.starts_with(&own) || other.starts_with(&guests)));
        self.credentials.push((slot, Rc::new(credentials)));
    }

    /// Drops all credentials. Identity ids stay, a guest's above all, whom the pool would not know again; but not that of whoever the
    /// app named, who cannot be told from the next one.
    pub fn forget_user(&mut self) {
        self.credentials.clear();
        self.identities.retain(|(name, _)| name != APP);
    }

    /// Whether there are any credentials.
    pub fn has_credentials(&self) -> bool {
        !self.credentials.is_empty()
    }

    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.identities.is_empty() && self.credentials.is_empty()
    }
}

fn find<'a, T>(entries: &'a [(String, T)], key: &str) -> Option<&'a T> {
    entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

fn read(json: &Json<'_>) -> Option<Credentials> {
    let (access_key_id, identity_id) = (json.text("accessKeyId")?, json.text("identityId")?);
    let (secret_access_key, session_token) = (json.text("secretAccessKey")?, json.text("sessionToken")?);
    let expiration = json.integer("expiration")?;
    Some(Credentials {
        access_key_id: access_key_id.to_owned(),
        secret_access_key: secret_access_key.into(),
        session_token: session_token.into(),
        expiration,
        identity_id: identity_id.to_owned(),
    })
}

fn written(credentials: &Credentials) -> ObjectWriter {
    let mut json = ObjectWriter::new();
    json.string("accessKeyId", &credentials.access_key_id)
        .string("secretAccessKey", credentials.secret_access_key.expose())
        .string("sessionToken", credentials.session_token.expose())
        .integer("expiration", credentials.expiration)
        .string("identityId", &credentials.identity_id);
    json
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn credentials(id: &str, identity_id: &str) -> Credentials {
        Credentials {
            access_key_id: id.into(),
            secret_access_key: "secret".into(),
            session_token: "token".into(),
            expiration: 1_712_649_903,
            identity_id: identity_id.into(),
        }
    }

    fn keep(kept: &mut Kept, owner: &Owner, role: Option<&str>, id: &str) -> String {
        let slot = owner.slot(role);
        kept.keep(owner, slot.clone(), credentials(id, &[id, "-identity"].concat()));
        slot
    }

    #[test]
    fn credentials_are_of_one_user_one_set_of_roles_and_one_role() {
        let roles = ["arn:a".to_owned(), "arn:b".to_owned()];
        let slots = [
            Owner::user("s", None, &[]).slot(None),
            Owner::user("s", None, &[]).slot(Some("arn:a")),
            Owner::user("s", Some("arn:a"), &[]).slot(None),
            Owner::user("s", Some("arn:a"), &roles).slot(None),
            Owner::user("s", Some("arn:b"), &roles).slot(None),
            Owner::user("t", Some("arn:b"), &roles).slot(None),
            Owner::guest().slot(None),
            Owner::app().slot(None),
        ];
        for (place, slot) in slots.iter().enumerate() {
            assert!(!slots[place + 1..].contains(slot), "{slot}");
        }
    }

    #[test]
    fn another_user_takes_the_place_and_a_guest_stays() {
        let mut kept = Kept::default();
        let (first, other) = (Owner::user("first", None, &[]), Owner::user("first", None, &["arn:a".into()]));
        let guest = keep(&mut kept, &Owner::guest(), None, "guest");
        let pool = keep(&mut kept, &first, None, "pool");
        let role = keep(&mut kept, &first, Some("arn:a"), "role");
        assert_eq!(kept.credentials(&pool).unwrap().access_key_id, "pool");
        assert_eq!(kept.credentials(&role).unwrap().access_key_id, "role");
        let more = keep(&mut kept, &other, None, "more");
        assert_eq!((kept.credentials(&pool), kept.credentials(&role)), (None, None));
        assert_eq!(kept.identity_id(&first).as_deref(), Some("more-identity"));
        let again = keep(&mut kept, &Owner::guest(), Some("arn:g"), "again");
        for slot in [&guest, &more, &again] {
            assert!(kept.credentials(slot).is_some(), "{slot}");
        }
        keep(&mut kept, &Owner::user("second", None, &[]), None, "second");
        assert_eq!((kept.identity_id(&first), kept.credentials(&more)), (None, None));
        assert_eq!(kept.identity_id(&Owner::guest()).as_deref(), Some("again-identity"));
    }

    #[test]
    fn new_ones_replace_the_old() {
        let mut kept = Kept::default();
        let slot = keep(&mut kept, &Owner::app(), None, "old");
        keep(&mut kept, &Owner::app(), None, "new");
        assert_eq!(kept.credentials(&slot).unwrap().access_key_id, "new");
        assert_eq!(kept.identity_id(&Owner::app()).as_deref(), Some("new-identity"));
    }

    #[test]
    fn a_user_who_leaves_takes_all_credentials_along() {
        let mut kept = Kept::default();
        let app = keep(&mut kept, &Owner::app(), None, "app");
        let guest = keep(&mut kept, &Owner::guest(), None, "guest");
        kept.forget_user();
        assert_eq!((kept.credentials(&app), kept.credentials(&guest)), (None, None));
        assert_eq!(
            (kept.identity_id(&Owner::app()), kept.identity_id(&Owner::guest())),
            (None, Some("guest-identity".into()))
        );
        assert!(!kept.is_empty() && Kept::default().is_empty());
        assert!(!kept.to_text().expose().contains("secret"));
    }

    #[test]
    fn garbage_and_other_versions_are_empty() {
        for text in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"v":2,"identities":{"guest":"x"},"credentials":{}}"#,
            r#"{"v":1,"credentials":{"x":{}}}"#,
        ] {
            assert!(Kept::parse(text).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_wrote(names in prop::collection::vec(("\\PC{0,8}", prop::option::of("\\PC{0,8}")), 0..4)) {
            let mut kept = Kept::default();
            for (name, role) in &names {
                keep(&mut kept, &Owner::user(name, None, &[]), role.as_deref(), name);
            }
            prop_assert_eq!(Kept::parse(kept.to_text().expose()), kept);
        }
    }
}
