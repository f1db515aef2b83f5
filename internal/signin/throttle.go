package signin

import (
	"context"
	"math"
	"time"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
)

// limit is a leaking bucket: so many failures at once, one forgotten every so
// often. It holds across nodes and restarts because it is a row, and it heals
// by itself, so nobody is locked out for good.
type limit struct {
	burst float64
	heals time.Duration // for one failure
}

// What may fail at sign-in. A browser that has signed in before is not counted
// against the whole account: whoever attacks an account cannot keep its owner out.
var (
	perAddress        = limit{burst: 30, heals: 20 * time.Second}
	perAccountAddress = limit{burst: 6, heals: 2 * time.Minute}
	perAccount        = limit{burst: 60, heals: time.Minute}
	perDevice         = limit{burst: 10, heals: 90 * time.Second}
	perText           = limit{burst: 4, heals: 20 * time.Minute} // these succeed, and cost money
)

// Healed is after how long a row about failures has done its work.
const Healed = 24 * time.Hour

// Bucket is what one try draws from.
type Bucket struct {
	subject string
	limit   limit
}

// Buckets are what a try at the account of lookup draws from; known tells
// whether the browser has been in this account before.
func Buckets(client Client, lookup string, known bool) []Bucket {
	if known {
		return []Bucket{{"device:" + crypt.TokenHash(client.Device), perDevice}}
	}
	return []Bucket{
		{"address:" + client.Address, perAddress},
		{"account:" + lookup + ":" + client.Address, perAccountAddress},
		{"account:" + lookup, perAccount},
	}
}

// Guesses are what a try at anything else that is secret draws from, such as the
// link of an email.
func Guesses(client Client) []Bucket { return []Bucket{{"address:" + client.Address, perAddress}} }

// Codes are what a try at the second factor of lookup draws from: as many as for a
// password, counted apart, so that knowing the one buys no tries at the other.
func Codes(client Client, lookup string, known bool) []Bucket {
	all := Buckets(client, "code:"+lookup, known)
	for i := range all {
		all[i].subject = "code:" + all[i].subject
	}
	return all
}

// Texts are what a code texted for the account of lookup to a number draws from.
func Texts(lookup, number string) []Bucket {
	return []Bucket{{"text:" + lookup, perText}, {"text:" + number, perText}}
}

// Failures are the rows that count, within one transaction: those of a trust, or
// those of the platform.
type Failures interface {
	// Lock reads a subject's row and keeps others from it until the transaction
	// ends; where there was none it makes one, or else many first tries at once
	// would all see none.
	Lock(ctx context.Context, subject string) (failures float64, since time.Time, err error)
	// Set writes the row.
	Set(ctx context.Context, subject string, failures float64) error
	// Forgive takes one failure from the row.
	Forgive(ctx context.Context, subject string) error
}

// Spend counts one failure in each bucket, in advance: many guesses at once
// cannot slip through between the look and the count. Limited, with the seconds
// to wait, if one has none left; then the caller undoes the transaction.
func Spend(ctx context.Context, rows Failures, now time.Time, buckets []Bucket) error {
	for _, bucket := range buckets {
		failures, since, err := rows.Lock(ctx, bucket.subject)
		if err != nil {
			return err
		}
		level := max(0, failures-now.Sub(since).Seconds()/bucket.limit.heals.Seconds())
		if over := level + 1 - bucket.limit.burst; over > 0 {
			return &fault.Error{Code: fault.Limited, Message: "There were too many tries. Please wait a little, then try again.",
				RetryAfter: int(math.Ceil(over * bucket.limit.heals.Seconds()))}
		}
		if err := rows.Set(ctx, bucket.subject, level+1); err != nil {
			return err
		}
	}
	return nil
}

// Refund takes back what Spend counted, after a success.
func Refund(ctx context.Context, rows Failures, buckets []Bucket) error {
	for _, bucket := range buckets {
		if err := rows.Forgive(ctx, bucket.subject); err != nil {
			return err
		}
	}
	return nil
}
