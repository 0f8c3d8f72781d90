//! The identities of a pool, and the logins that are linked to each.

use std::collections::{BTreeMap, BTreeSet};

use super::login::Login;
use crate::cognito::aws_json::{Exception, ExceptionName, not_authorized};
use crate::cognito::random;

/// Every identity with the logins that are linked to it; a guest has none.
#[derive(Default)]
pub struct Identities(BTreeMap<String, BTreeSet<Login>>);

impl Identities {
    /// A new guest.
    pub fn add_guest(&mut self, region: &str) -> String {
        let id = format!("{region}:{}", random::uuid());
        self.0.insert(id.clone(), BTreeSet::new());
        id
    }

    /// The one identity that the logins are linked to, or a new one; those that were linked to none are from now on.
    ///
    /// # Errors
    /// `ResourceConflictException` when they are linked to several.
    pub fn of(&mut self, logins: &[Login], region: &str) -> Result<String, Exception> {
        let mut linked = logins.iter().filter_map(|login| self.owner(login));
        let id = match linked.next().map(str::to_owned) {
            Some(first) if linked.all(|other| other == first) => first,
            Some(_) => return Err(conflict()),
            None => self.add_guest(region),
        };
        self.link(&id, logins);
        Ok(id)
    }

    /// Lets somebody with these logins be an identity. One of them has to be linked to it, unless it is a guest's: then
    /// it is theirs from now on, and so are their other logins.
    ///
    /// # Errors
    /// `ResourceNotFoundException`; `NotAuthorizedException` when it is not theirs; `ResourceConflictException` when
    /// another login is another identity's.
    pub fn admit(&mut self, id: &str, logins: &[Login]) -> Result<(), Exception> {
        let linked = self.get(id)?;
        match (linked.is_empty(), logins.is_empty()) {
            (true, true) => return Ok(()),
            (false, true) => return Err(forbidden(id)),
            (false, false) if !logins.iter().any(|login| linked.contains(login)) => {
                return Err(not_authorized(
                    "Logins don't match. Please include at least one valid login for this identity or identity pool.",
                ));
            }
            (_, false) => {}
        }
        self.claim(id, logins)
    }

    /// Links logins to an identity of which it is known that it is theirs.
    ///
    /// # Errors
    /// `ResourceConflictException` when one of them is another identity's.
    pub fn claim(&mut self, id: &str, logins: &[Login]) -> Result<(), Exception> {
        if logins.iter().any(|login| self.owner(login).is_some_and(|owner| owner != id)) {
            return Err(conflict());
        }
        self.link(id, logins);
        Ok(())
    }

    /// The logins of an identity.
    ///
    /// # Errors
    /// `ResourceNotFoundException`.
    pub fn get(&self, id: &str) -> Result<&BTreeSet<Login>, Exception> {
        self.0
            .get(id)
            .ok_or_else(|| ExceptionName::ResourceNotFoundException.with(format!("Identity '{id}' not found.")))
    }

    fn owner(&self, login: &Login) -> Option<&str> {
        self.0.iter().find(|(_, logins)| logins.contains(login)).map(|(id, _)| id.as_str())
    }

    fn link(&mut self, id: &str, logins: &[Login]) {
        if let Some(linked) = self.0.get_mut(id) {
            linked.extend(logins.iter().cloned());
        }
    }
}

/// That of somebody else.
pub fn forbidden(id: &str) -> Exception {
    not_authorized(format!("Access to Identity '{id}' is forbidden."))
}

/// The name is documented, the text is not.
fn conflict() -> Exception {
    ExceptionName::ResourceConflictException.with("A login is already linked to another identity.")
}
