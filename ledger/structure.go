package ledger

// A Programme is one book: one log, one currency, one tree of evidence. The
// programme SYSTEM holds users and the list of programmes.
type Programme struct {
	Code     Code
	Name     string
	Currency Currency
	// AdjustmentDays is how many days after 31 December a budget year still
	// takes postings (thời gian chỉnh lý quyết toán); 31 means to 31 January.
	// It is a setting of the programme.
	AdjustmentDays int
	// Sample marks invented data; every page and paper says so.
	Sample bool
}

// System is the code of the book that holds users and programmes.
const System Code = "SYSTEM"

// A Unit (đơn vị) is an organisation that spends or distributes. The first unit
// of a programme is its root: the standing agency.
type Unit struct {
	Code    Code
	Name    string
	Parent  Code // empty for the root only
	Chapter Code // budget chapter (chương), may be empty
	From    Date // valid from
	To      Date // last valid day; zero = open
}

// A Project (dự án thành phần) is what the money is for.
type Project struct {
	Code  Code
	Name  string
	Owner Code // the unit that answers for it; may be empty
}

// SourceKind classifies where resources come from.
type SourceKind uint8

// The kinds of sources. Numbers are fixed for ever.
const (
	CentralBudget SourceKind = 1 + iota
	ProvincialBudget
	DistrictBudget
	ForeignAid
	CrimePreventionFund
	Confiscated
	Contribution // non-state contributions in money (xã hội hóa)
	OtherSource
)

// SourceKinds are the kinds with the words used in files and the API.
var SourceKinds = map[SourceKind]string{
	CentralBudget: "central-budget", ProvincialBudget: "provincial-budget", DistrictBudget: "district-budget",
	ForeignAid: "foreign-aid", CrimePreventionFund: "crime-prevention-fund", Confiscated: "confiscated",
	Contribution: "contribution", OtherSource: "other",
}

// String returns the word of k.
func (k SourceKind) String() string { return SourceKinds[k] }

// ParseSourceKind is the inverse of String. Error: unknown_kind.
func ParseSourceKind(s string) (SourceKind, error) {
	for k, word := range SourceKinds {
		if word == s {
			return k, nil
		}
	}
	return 0, Refuse(UnknownKind, "kind", "value", clip(s))
}

// Backing says what stands behind a source's payments.
type Backing uint8

// The backings. Numbers are fixed for ever.
const (
	ByAppropriation Backing = 1 // received when drawn: the Treasury balance is zero after every entry
	ByCash          Backing = 2 // bounded by what was received
)

// String returns "appropriation" or "cash".
func (b Backing) String() string { return [...]string{"", "appropriation", "cash"}[b%3] }

// ParseBacking is the inverse of String. Error: unknown_kind.
func ParseBacking(s string) (Backing, error) {
	switch s {
	case "appropriation":
		return ByAppropriation, nil
	case "cash":
		return ByCash, nil
	}
	return 0, Refuse(UnknownKind, "backing", "value", clip(s))
}

// A Source (nguồn kinh phí) is where resources come from.
type Source struct {
	Code     Code
	Name     string
	Kind     SourceKind
	Backing  Backing
	Treasury Code // the account that pays and receives unless an event names another
}

// A Period is one month of a programme's books.
type Period struct {
	Year, Month int
	Closed      bool
}
