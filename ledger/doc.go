// Package ledger is the pure core of a budget book: what a programme's money is
// planned for, given, committed, advanced, spent and given back. It knows no
// database, server, clock or file. The same requests give the same book
// everywhere, so an auditor can prove one from its export with this package
// alone.
//
// # A book
//
// A [Programme] is one book: one log, one currency, one chart. The log holds
// [Record] values numbered 1, 2, 3... without gaps. Most are entries; the others
// define units, projects and sources, open and close months, and give and take
// rights. Nothing recorded ever changes: a mistake is taken back in red by an
// entry of its own. The programme called [System] holds users and the list of
// programmes.
//
// The key of control is the [Line] (dòng kinh phí): what one unit may spend in
// one budget year on one project out of one source, by khoản and nature of funds.
// It is written 2019/NSTW/DA1/CAT/041/12, or shorter where that is unique.
//
// # From a voucher to its legs
//
// A [Posting] is one voucher and becomes exactly one [Entry], all or nothing. It
// holds events ([Event]): "pay 86.400.000 of this line". An event names what
// happened and never accounts; the ledger compiles it into legs ([Leg]), each a
// debit or credit of one [Account]. Callers need not know the accounts; exports
// and proofs show them all.
//
// # Rings
//
// Accounts form rings, and within one entry the legs of every ring add up to
// zero. A ring has credit states (where authority or money came from) and debit
// states (where it is now), so its balances always sum to zero: everything that
// came is somewhere. There are four books of rings, each in a commodity of its
// own, so that a foreign tool refuses an entry that balances across them:
//
//	PL  Plan:CT:NSTW:DA1:2019:-          VNDKH  what a project is planned to get
//	P   Budget:2019:NSTW:Pool            VNDDT  authority not yet given to lines
//	L   Budget:2019:NSTW:DA1:CAT:041:12  VNDDT  authority of one line
//	F   Fund:NSTW                        VND    the money of one source
//
// [States] is the table of all states. In the table below "A > B" credits A and
// debits B; "back" is the same pair in red; "..D" is the line's own sub-account.
//
//	plan, revise-plan             PL:Basis > PL:Unfunded
//	open-undrawn                  P:CarryIn > P:Allotted; L:CarryInUndrawn > L:Available
//	open-advance                  P:CarryIn > P:Allotted; L:CarryInAdvance > L:Advanced;
//	                              F:Opening > F:Advances..D
//	open-cash                     F:Opening > F:Treasury
//	pledge                        F:Pledged > F:PledgeDue
//	receive                       F:Received > F:Treasury;
//	                              from a pledge also F:PledgeDue > F:PledgeMet
//	cancel-pledge                 F:PledgeDue > F:PledgeCancelled
//	appropriate                   P:Original > P:Unallocated
//	supplement, late-supplement   P:Supplement, P:LateSupplement > P:Unallocated
//	allocate                      P:Unallocated > P:Allotted; L:Original > L:Available;
//	                              PL:Unfunded > PL:Funded
//	allocate-supplement, -late-   the same from L:Supplement, L:LateSupplement
//	withdraw                      L:Available > L:Withdrawn; P:Allotted > P:Unallocated;
//	                              PL:Funded > PL:Unfunded
//	reduce                        P:Unallocated > P:Reduction; of a line after withdraw
//	transfer                      L:Available > L:TransferOut; L':TransferIn > L':Available;
//	                              between projects PL:Funded > PL:Unfunded and
//	                              PL':Unfunded > PL':Funded
//	withhold / release            L:Available > L:Withheld / back
//	commit, change-commitment     L:Available > L:Committed
//	cancel-commitment             L:Available > L:Committed back
//	accrue                        L:Available or L:Committed > L:Accrued
//	advance                       L:Available or L:Committed > L:Advanced; draw F:Advances..D
//	clear                         L:Advanced > L:Actual; F:Advances..D > F:Spent..D
//	return-advance                the advance's pairs back
//	pay                           L:Available, L:Committed or L:Accrued > L:Actual;
//	                              draw F:Spent..D
//	refund                        the payment's pairs back; of a cleared advance, those of
//	                              a direct payment
//
// "draw X" is F:Treasury > X. A source drawn by appropriation ([ByAppropriation])
// receives the money at that moment, F:Received > F:Treasury, and never has any
// left; one backed by cash ([ByCash]) can only pay what it has received.
//
// # What can never happen
//
// Guarded accounts never fall below zero, after each whole entry: available,
// withheld, committed, accrued and advanced authority, the pool's unallocated
// part, cash and what is due of pledges. Beside them, contracts, acceptances,
// advances and pledges are obligations ([Obligation]) with a limit of their own:
// what is drawn upon one never exceeds what it opened.
//
// # Red
//
// Corrections, returns and cancellations keep the side of their original and are
// negative: the red entry (ghi số âm, bút đỏ) of the Accounting Law of 2015,
// Article 27. Turnover nets, so that it agrees with the Treasury's. A [Reversal]
// takes a whole entry back; a refund or returned advance takes back a part,
// together never more than the original.
//
// # Deciding
//
// A [State] is one book in memory, as far as it was needed. [State.Decide] answers
// one request and applies it if it is accepted; a refused one changes nothing and
// names every broken [Rule] as a [Fault] with its field and operands, which
// package lang words. [State.Missing] lists what a decision would read and the
// State does not hold, so that a store loads exactly that; what was decided stands
// in [State.Changes]. Clock and randomness come in with the [Stamp]. A request
// carries a [Key]: asked again with the same content it is answered as before,
// with other content it is refused.
//
// [Books] is the contract of a store of such books; package postgres has one.
//
// # Figures
//
// A [Figure] is a named total with one formula, in the table [Figures];
// [Summarize] is the only code that adds up. For each line and year
//
//	usable = actual + advances_open + available + withheld + committed_open
//	       + accrued_open + lapsed + carried_undrawn + carried_advance
//
// always holds. Disbursed (giải ngân) is actual spending and open advances, and
// does not add up over years; settlement (quyết toán) is actual spending alone.
// What one year carries into the next counts once in a selection that holds both.
package ledger
