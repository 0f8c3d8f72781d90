// Whether what we say is what the browser said.

/** Of several missing headers Chromium names one, in an order of its own: any of them is right. */
const ANY_OF = 'HeaderDisallowedByPreflightResponse';

/** Beside Chromium: whether it was blocked, the CorsError and the failed parameter. */
export function agreesWithChromium(truth, said) {
  const blocked = truth.outcome === 'rejected';
  if (said.blocked !== blocked || (said.corsError ?? null) !== truth.corsError) return false;
  if (said.failedParameter === truth.failedParameter) return true;
  const named = ({ corsError, failedParameter }) => corsError === ANY_OF && failedParameter === truth.failedParameter;
  return truth.corsError === ANY_OF && said.violations.some(named);
}

/** What Firefox's console calls our CorsErrors; those of a preflight are called as their counterparts. */
const CATEGORIES = {
  WildcardOriginNotAllowed: ['CORSNotSupportingCredentials'],
  MissingAllowOriginHeader: ['CORSMissingAllowOrigin2'],
  MultipleAllowOriginValues: ['CORSAllowOriginNotMatchingOrigin', 'CORSMultipleAllowOriginNotAllowed'],
  InvalidAllowOriginValue: ['CORSAllowOriginNotMatchingOrigin'],
  AllowOriginMismatch: ['CORSAllowOriginNotMatchingOrigin'],
  InvalidAllowCredentials: ['CORSMissingAllowCredentials'],
  InvalidStatus: ['CORSPreflightDidNotSucceed3'],
  // The second when the call itself follows no redirects.
  DisallowedRedirect: ['CORSExternalRedirectNotAllowed', 'CORSPreflightDidNotSucceed3'],
  InvalidAllowMethodsPreflightResponse: ['CORSInvalidAllowMethod'],
  InvalidAllowHeadersPreflightResponse: ['CORSInvalidAllowHeader'],
  MethodDisallowedByPreflightResponse: ['CORSMethodNotFound'],
  HeaderDisallowedByPreflightResponse: ['CORSMissingAllowHeaderFromPreflight2'],
  CorsDisabledScheme: ['CORSRequestNotHttp'],
};
/** Says no more than that it did not work, for a connection that broke and for much else. */
const NOTHING_SAID = 'CORSDidNotSucceed2';

/** The category that names a reason, where Firefox named one. */
export const categoryOf = ({ categories }) => categories.find((category) => category !== NOTHING_SAID);

/** Beside Firefox: the category, where there is one to compare with. */
export function agreesWithFirefox(truth, said) {
  const category = categoryOf(truth);
  return !category || Boolean(CATEGORIES[said.corsError?.replace(/^Preflight/, '')]?.includes(category));
}
