package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/sokinhphi/kinhphi/ledger"
)

// ErrForeignForm is returned for a form that does not come from our own pages, or not
// under the session it claims.
const ErrForeignForm ledger.Rule = "foreign_form"

// FormToken returns the token that every form under the session carries. It follows
// from the session's token, but not the other way.
func FormToken(sessionToken string) string {
	mac := hmac.New(sha256.New, []byte(sessionToken))
	mac.Write([]byte("kinhphi/form/v1"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// CheckForm checks the token of a form. Errors: ErrForeignForm.
func CheckForm(sessionToken, formToken string) error {
	if sessionToken == "" || !hmac.Equal([]byte(FormToken(sessionToken)), []byte(formToken)) {
		return ErrForeignForm
	}
	return nil
}

// SameOrigin checks that a request that may change something was sent by our own
// pages. Sec-Fetch-Site, which no page can forge, decides; browsers leave it out over
// plain HTTP, where Origin decides; a request with neither is refused. own is our
// origin as browsers see it, "https://host" or "http://host:port". Requests with method
// GET, HEAD and OPTIONS change nothing and pass. Errors: ErrForeignForm.
func SameOrigin(method, secFetchSite, origin, own string) error {
	switch {
	case method == "GET" || method == "HEAD" || method == "OPTIONS":
		return nil
	case secFetchSite == "same-origin" || secFetchSite == "none": // none: the user, not a page
		return nil
	case secFetchSite == "" && origin != "" && origin == own:
		return nil
	}
	return ErrForeignForm
}
