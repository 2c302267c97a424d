package api

import (
	"net/http"
	"slices"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
)

// The rules of the transport, beside those of package ledger. Operands in brackets.
const (
	Unauthenticated  ledger.Rule = "unauthenticated"        // no bearer token, or none that is valid []
	NoRoute          ledger.Rule = "no_route"               // [path]
	MethodNotAllowed ledger.Rule = "method_not_allowed"     // [method]
	UnknownParameter ledger.Rule = "unknown_parameter"      // of the query []
	MediaType        ledger.Rule = "unsupported_media_type" // not application/json, or compressed [value]
	BodyTooLarge     ledger.Rule = "body_too_large"         // [limit] in bytes
	HeadersTooLarge  ledger.Rule = "headers_too_large"      // []
	BadRequest       ledger.Rule = "bad_request"            // not HTTP as it should be []
	MalformedJSON    ledger.Rule = "malformed_json"         // [offset] in bytes
	InvalidUTF8      ledger.Rule = "invalid_utf8"           // [offset] in bytes
	TooDeep          ledger.Rule = "too_deep"               // [limit]
	DuplicateField   ledger.Rule = "duplicate_field"        // []
	UnknownField     ledger.Rule = "unknown_field"          // []
	WrongType        ledger.Rule = "wrong_type"             // [wanted got]
	Conflicting      ledger.Rule = "conflicting_fields"     // two fields that say the same [with]
	Deadline         ledger.Rule = "deadline"               // not answered in time []
	Internal         ledger.Rule = "internal"               // []
)

// words are the sentences, Vietnamese and English, of the transport's rules, of tokens,
// and of what programs write in another form than people do; all other rules have
// theirs in package lang.
var words = map[ledger.Rule][2]string{
	Unauthenticated:    {"Cần mã truy cập còn hiệu lực trong tiêu đề Authorization: Bearer.", "A valid token is needed in the header Authorization: Bearer."},
	access.ErrExpired:  {"Mã truy cập không có hoặc đã hết hạn. Tạo mã mới.", "The token does not exist or is over. Make a new one."},
	access.ErrDisabled: {"Người dùng đã bị khóa.", "The user was disabled."},
	NoRoute:            {"Không có địa chỉ {path}. Xem /api/docs.", "There is no {path}. See /api/docs."},
	MethodNotAllowed:   {"Địa chỉ này không nhận {method}. Xem /api/docs.", "This address does not take {method}. See /api/docs."},
	UnknownParameter:   {"Không có tham số “{field}”. Xem /api/docs.", "There is no parameter “{field}”. See /api/docs."},
	MediaType:          {"Nội dung phải là application/json, không nén; đã nhận “{value}”.", "The body must be application/json, not compressed; got “{value}”."},
	BodyTooLarge:       {"Nội dung quá lớn: tối đa {limit} byte.", "The body is too large: at most {limit} bytes."},
	HeadersTooLarge:    {"Tiêu đề của yêu cầu quá lớn.", "The headers of the request are too large."},
	BadRequest:         {"Yêu cầu HTTP không hợp lệ.", "The request is not valid HTTP."},
	MalformedJSON:      {"Nội dung không phải JSON hợp lệ (tại byte {offset}).", "The body is not valid JSON (at byte {offset})."},
	InvalidUTF8:        {"{field}: không phải UTF-8 hợp lệ (tại byte {offset}).", "{field}: not valid UTF-8 (at byte {offset})."},
	TooDeep:            {"{field}: lồng quá {limit} cấp.", "{field}: nested deeper than {limit} levels."},
	DuplicateField:     {"{field}: trường này có hai lần.", "{field}: this field is given twice."},
	UnknownField:       {"Không có trường “{field}” ở đây. Xem /api/docs.", "There is no field “{field}” here. See /api/docs."},
	WrongType:          {"{field}: phải là kiểu {wanted}, đã nhận {got}.", "{field}: must be of type {wanted}, got {got}."},
	Conflicting:        {"{field}: không dùng cùng với {with}.", "{field}: cannot be given together with {with}."},
	ledger.InvalidDate: {"“{value}” không phải là ngày. Ghi năm-tháng-ngày, ví dụ 2019-03-17.", "“{value}” is not a date. Write year-month-day, for example 2019-03-17."},
	Deadline:           {"Không kịp trả lời trong thời hạn. Gửi lại với cùng khóa Idempotency-Key.", "Not answered in time. Send again with the same Idempotency-Key."},
	Internal:           {"Lỗi của hệ thống, đã được ghi lại theo số yêu cầu.", "A failure of the service; the log has it under the request's number."},
}

// A RuleInfo says how a rule is answered.
type RuleInfo struct {
	Rule   ledger.Rule `json:"rule"`
	Status int         `json:"status"`
	Title  string      `json:"title"`
}

const (
	invalid  = http.StatusUnprocessableEntity
	conflict = http.StatusConflict
)

// rules is the one table from rules to statuses: 422 what is wrong in itself or names
// what does not exist, 409 what the books as they stand do not allow.
var rules = []RuleInfo{
	{ledger.OverLimit, conflict, "Not enough left"},
	{ledger.ObligationExceeded, conflict, "More than the obligation leaves open"},
	{ledger.ReducesTooMuch, conflict, "More than is left of the original"},
	{ledger.AlreadyReversed, conflict, "Already taken back"},
	{ledger.PartlyReturned, conflict, "A part was already returned"},
	{ledger.NotReversible, conflict, "A reversal cannot be reversed"},
	{ledger.PeriodClosed, conflict, "The period is closed"},
	{ledger.KeyReused, conflict, "Key used for other content"},
	{ledger.Exists, conflict, "Already exists"},
	{ledger.TogetherRefused, conflict, "Another of the batch was refused"},
	{ledger.OutsideYear, invalid, "Outside the budget year"},
	{ledger.UnknownCode, invalid, "Unknown code"},
	{ledger.AmbiguousLine, invalid, "Ambiguous line"},
	{ledger.IncompleteLine, invalid, "Incomplete line"},
	{ledger.ExpiredCode, invalid, "Code not valid on that date"},
	{ledger.Required, invalid, "Required"},
	{ledger.NotAllowed, invalid, "Field not used by this kind"},
	{ledger.UnknownKind, invalid, "Unknown kind"},
	{ledger.InvalidCode, invalid, "Not a code"},
	{ledger.InvalidAmount, invalid, "Not an amount"},
	{ledger.AmountScale, invalid, "Too many decimals"},
	{ledger.AmountRange, invalid, "Amount too large"},
	{ledger.Negative, invalid, "Negative amount"},
	{ledger.ZeroAmount, invalid, "Zero amount"},
	{ledger.CurrencyMismatch, invalid, "Other currency"},
	{ledger.InvalidDate, invalid, "Not a date"},
	{ledger.TooLong, invalid, "Too long"},
	{ledger.TooMany, invalid, "Too many"},
	{ledger.NotNFC, invalid, "Not in normal form C"},
	{ledger.ControlCharacter, invalid, "Control character"},
	{ledger.NotCashBacked, invalid, "Source is not backed by cash"},
	{ledger.SourceMismatch, invalid, "Different sources"},
	{ledger.YearMismatch, invalid, "Different budget years"},
	{ledger.SameLine, invalid, "The same line twice"},
	{ledger.WrongObligation, invalid, "Obligation of another kind or line"},
	{MalformedJSON, invalid, "Not JSON"},
	{InvalidUTF8, invalid, "Not UTF-8"},
	{TooDeep, invalid, "Nested too deep"},
	{DuplicateField, invalid, "Field given twice"},
	{UnknownField, invalid, "Unknown field"},
	{UnknownParameter, invalid, "Unknown parameter"},
	{WrongType, invalid, "Wrong type"},
	{Conflicting, invalid, "Conflicting fields"},
	{BadRequest, http.StatusBadRequest, "Bad request"},
	{Unauthenticated, http.StatusUnauthorized, "Not signed in"},
	{access.ErrExpired, http.StatusUnauthorized, "Token expired"},
	{access.ErrDisabled, http.StatusUnauthorized, "User disabled"},
	{ledger.Forbidden, http.StatusForbidden, "Forbidden"},
	{ledger.NotFound, http.StatusNotFound, "Not found"},
	{NoRoute, http.StatusNotFound, "No such address"},
	{MethodNotAllowed, http.StatusMethodNotAllowed, "Method not allowed"},
	{BodyTooLarge, http.StatusRequestEntityTooLarge, "Body too large"},
	{MediaType, http.StatusUnsupportedMediaType, "Unsupported media type"},
	{HeadersTooLarge, http.StatusRequestHeaderFieldsTooLarge, "Headers too large"},
	{Internal, http.StatusInternalServerError, "Internal error"},
	{ledger.Busy, http.StatusServiceUnavailable, "Busy, nothing was done"},
	{ledger.UnknownOutcome, http.StatusServiceUnavailable, "Outcome unknown: repeat with the same key"},
	{Deadline, http.StatusGatewayTimeout, "Not answered in time"},
}

// ruleOf returns a rule's row; a rule without one is answered as invalid.
func ruleOf(r ledger.Rule) RuleInfo {
	if i := slices.IndexFunc(rules, func(ri RuleInfo) bool { return ri.Rule == r }); i >= 0 {
		return rules[i]
	}
	return RuleInfo{r, invalid, "Refused"}
}
