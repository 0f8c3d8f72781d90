//! The one stored record of an identity pool: who is known there by which id, and the credentials that still live.

use std::rc::Rc;

use super::Credentials;
use crate::json::{Json, ObjectWriter};
use crate::secret::Secret;
use crate::text::before;

/// A record of another version is not understood, hence empty.
const VERSION: i64 = 1;

/// Whose credentials they are: somebody's name, and what else they depend on, a line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner(String);

const GUEST: &str = "guest";
const APP: &str = "app:";

impl Owner {
    /// A guest.
    pub fn guest() -> Self {
        Self(GUEST.to_owned())
    }

    /// Whoever the app's callback names, told apart by a digest.
    pub fn app(digest: &str) -> Self {
        Self([APP, digest].concat())
    }

    /// A user of the user pool, with one set of roles: the pool's rule may give another role for another set.
    pub fn user(subject: &str, preferred_role: Option<&str>, roles: &[String]) -> Self {
        let mut lines = [subject, "\n", preferred_role.unwrap_or_default()].concat();
        for role in roles {
            lines.push('\n');
            lines.push_str(role);
        }
        Self(lines)
    }

    /// Whether both are the same user's, whatever the roles.
    pub fn is_same_user(&self, other: &Self) -> bool {
        self.name() == other.name()
    }

    fn name(&self) -> &str {
        before(&self.0, is_line_end)
    }

    /// Where the credentials of this owner's role are kept.
    pub fn slot(&self, role: Option<&str>) -> String {
        [&self.0, "\n\n", role.unwrap_or_default()].concat()
    }
}

/// What is kept: for each slot its credentials, which may be blank and tell no more than the identity id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept(Vec<(String, Rc<Credentials>)>);

impl Kept {
    /// Reads a stored record. Garbage or another version is as good as none.
    pub fn parse(text: &str) -> Self {
        let json = Json::parse(text).unwrap_or(Json::Null);
        let mut kept = Vec::new();
        if json.integer("v") == Some(VERSION) {
            for (slot, entry) in json.members() {
                if let Some(identity_id) = entry.text("identityId") {
                    let text = |key| entry.text(key).unwrap_or_default();
                    let credentials = Credentials {
                        access_key_id: text("accessKeyId").to_owned(),
                        secret_access_key: text("secretAccessKey").into(),
                        session_token: text("sessionToken").into(),
                        expiration: entry.integer("expiration").unwrap_or_default(),
                        identity_id: identity_id.to_owned(),
                    };
                    kept.push((slot.to_string(), Rc::new(credentials)));
                }
            }
        }
        Self(kept)
    }

    /// The text to store.
    pub fn to_text(&self) -> Secret {
        let mut json = ObjectWriter::new();
        json.integer("v", VERSION);
        for (slot, kept) in &self.0 {
            let mut entry = ObjectWriter::new();
            entry
                .string("accessKeyId", &kept.access_key_id)
                .string("secretAccessKey", kept.secret_access_key.expose())
                .string("sessionToken", kept.session_token.expose())
                .integer("expiration", kept.expiration)
                .string("identityId", &kept.identity_id);
            json.object(slot, &mut entry);
        }
        json.finish().into()
    }

    /// By which id the identity pool knows somebody, whatever the roles.
    pub fn identity_id(&self, owner: &Owner) -> Option<String> {
        let (_, kept) = self.0.iter().rev().find(|(slot, _)| before(slot, is_line_end) == owner.name())?;
        Some(kept.identity_id.clone())
    }

    /// What is kept in a slot, however old.
    pub fn credentials(&self, slot: &str) -> Option<Rc<Credentials>> {
        self.0.iter().find(|(name, _)| name == slot).map(|(_, kept)| Rc::clone(kept))
    }

    /// Keeps new credentials. Those of another user, or of the same with other roles, go; a guest's stay.
    pub fn keep(&mut self, owner: &Owner, slot: &str, credentials: Rc<Credentials>) {
        let (own, guests) = (owner.slot(None), Owner::guest().slot(None));
        self.0.retain(|(other, _)| {
            other != slot && (own == guests || other.starts_with(&own) || other.starts_with(&guests))
        });
        self.0.push((slot.to_owned(), credentials));
    }

    /// Drops all credentials. Identity ids stay, a guest's above all, whom the pool would not know again.
    pub fn forget_user(&mut self) {
        for (_, kept) in &mut self.0 {
            *kept = Rc::new(Credentials { identity_id: kept.identity_id.clone(), ..Credentials::default() });
        }
    }

    /// Whether there are any credentials.
    pub fn has_credentials(&self) -> bool {
        self.0.iter().any(|(_, kept)| kept.expiration != 0)
    }

    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn is_line_end(byte: u8) -> bool {
    byte == b'\n'
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
        kept.keep(owner, &slot, Rc::new(credentials(id, &[id, "-identity"].concat())));
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
            Owner::app("a").slot(None),
            Owner::app("b").slot(None),
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
        let slot = keep(&mut kept, &Owner::app("a"), None, "old");
        keep(&mut kept, &Owner::app("a"), None, "new");
        assert_eq!(kept.credentials(&slot).unwrap().access_key_id, "new");
        assert_eq!(kept.identity_id(&Owner::app("a")).as_deref(), Some("new-identity"));
    }

    #[test]
    fn a_user_who_leaves_takes_all_credentials_along() {
        let mut kept = Kept::default();
        let app = keep(&mut kept, &Owner::app("a"), None, "app");
        let guest = keep(&mut kept, &Owner::guest(), None, "guest");
        kept.forget_user();
        for slot in [&app, &guest] {
            assert_eq!(kept.credentials(slot).unwrap().expiration, 0, "{slot}");
        }
        assert!(!kept.has_credentials());
        assert_eq!(
            (kept.identity_id(&Owner::app("a")), kept.identity_id(&Owner::guest())),
            (Some("app-identity".into()), Some("guest-identity".into()))
        );
        assert!(!kept.is_empty() && Kept::default().is_empty());
        assert!(!kept.to_text().expose().contains(r#":"secret""#) && !kept.to_text().expose().contains(r#":"token""#));
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
        fn reads_what_it_wrote(names in prop::collection::vec((".{0,8}", prop::option::of(".{0,8}")), 0..4)) {
            let mut kept = Kept::default();
            for (name, role) in &names {
                keep(&mut kept, &Owner::user(name, None, &[]), role.as_deref(), name);
            }
            prop_assert_eq!(Kept::parse(kept.to_text().expose()), kept);
        }
    }
}
