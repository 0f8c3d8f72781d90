"""The local user pool and identity pool, held against pycognito and boto3."""

import datetime
import unittest
import unittest.mock

from pycognito.aws_srp import AWSSRP
from pycognito.exceptions import ForceChangePasswordException

from .local_aws import LocalAws


class LocalPools(LocalAws):
    def srp(self, role, password=None):
        user = self.users[role]
        return AWSSRP(
            username=user["username"],
            password=password or user["password"],
            pool_id=self.pool["userPoolId"],
            client_id=self.pool["clientId"],
            client=self.idp,
        )

    def test_srp_signs_in(self):
        result = self.srp("general").authenticate_user()["AuthenticationResult"]
        self.assertEqual(result["TokenType"], "Bearer")
        user = self.idp.get_user(AccessToken=result["AccessToken"])
        self.assertEqual(user["Username"], self.users["general"]["username"])

    def test_no_number_is_padded_wrongly(self):
        # Each reset gives every user another salt; half of all salts and public values need a zero byte in front.
        for _ in range(20):
            self.setUp()
            self.srp("admin").authenticate_user()

    def test_a_wrong_password_is_refused(self):
        self.refused("NotAuthorizedException", self.srp("general", "Wrong-password-1").authenticate_user)

    def test_a_timestamp_has_to_be_written_as_cognito_writes_it(self):
        def at(timestamp):
            return unittest.mock.patch.object(AWSSRP, "get_cognito_formatted_timestamp", return_value=timestamp)

        with at("Mon Mar 4 09:04:01 UTC 2024"):
            self.srp("general").authenticate_user()
        with at("Mon Mar 04 09:04:01 UTC 2024"):
            self.refused("NotAuthorizedException", self.srp("general").authenticate_user)
        with at("2024-03-04T09:04:01Z"):
            self.refused("InvalidParameterException", self.srp("general").authenticate_user)

    def test_a_challenge_is_answered_once(self):
        srp, client_id = self.srp("general"), self.pool["clientId"]
        parameters = srp.get_auth_params()
        challenge = self.idp.initiate_auth(AuthFlow="USER_SRP_AUTH", AuthParameters=parameters, ClientId=client_id)
        answer = {
            "ClientId": client_id,
            "ChallengeName": challenge["ChallengeName"],
            "ChallengeResponses": srp.process_challenge(challenge["ChallengeParameters"], parameters),
        }
        self.idp.respond_to_auth_challenge(**answer)
        self.refused("NotAuthorizedException", self.idp.respond_to_auth_challenge, **answer)

    def test_a_temporary_password_has_to_be_replaced(self):
        with self.assertRaises(ForceChangePasswordException):
            self.srp("must-change-password").authenticate_user()
        result = self.srp("must-change-password").set_new_password_challenge("New-password-10")
        self.assertIn("IdToken", result["AuthenticationResult"])
        self.srp("must-change-password", "New-password-10").authenticate_user()
        self.refused("NotAuthorizedException", self.srp("must-change-password").authenticate_user)

    def test_a_session_can_be_refreshed_until_it_is_ended(self):
        result = self.srp("general").authenticate_user()["AuthenticationResult"]
        refresh = {
            "ClientId": self.pool["clientId"],
            "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": {"REFRESH_TOKEN": result["RefreshToken"]},
        }
        again = self.idp.initiate_auth(**refresh)["AuthenticationResult"]
        self.assertNotEqual(again["IdToken"], result["IdToken"])
        self.idp.global_sign_out(AccessToken=again["AccessToken"])
        self.refused("NotAuthorizedException", self.idp.initiate_auth, **refresh)

    def test_the_identity_pool_gives_credentials(self):
        token = self.srp("admin").authenticate_user()["AuthenticationResult"]["IdToken"]
        logins = {self.provider: token}
        identity_id = self.identity.get_id(IdentityPoolId=self.identity_pool["identityPoolId"], Logins=logins)["IdentityId"]
        answer = self.identity.get_credentials_for_identity(IdentityId=identity_id, Logins=logins)
        self.assertTrue(answer["Credentials"]["AccessKeyId"].startswith("ASIA"))
        self.assertGreater(answer["Credentials"]["Expiration"], datetime.datetime.now(datetime.timezone.utc))
        self.refused("NotAuthorizedException", self.identity.get_credentials_for_identity, IdentityId=identity_id)


if __name__ == "__main__":
    unittest.main()
