package film

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// Walls tries the jail: whether what runs in it is kept from other folders and
// from the network. Both depend on the system.
func (t Tools) Walls(ctx context.Context) (files, network bool, err error) {
	inside, err := os.MkdirTemp("", "sharon-film")
	if err != nil {
		return false, false, err
	}
	outside, err := os.MkdirTemp("", "sharon-film")
	defer func() { err = errors.Join(err, os.RemoveAll(inside), os.RemoveAll(outside)) }()
	if err != nil {
		return false, false, err
	}
	kept := filepath.Join(outside, "kept")
	if err := os.WriteFile(kept, []byte("RIFF"), 0o600); err != nil {
		return false, false, err
	}
	var errs bytes.Buffer
	tried := run(ctx, job{program: t.ffprobe, args: []string{"-v", "error", "-protocol_whitelist", "file", "-f", "wav", "file:" + kept}, dir: inside, errs: &errs, limits: small})
	if tried = broken(ctx, tried, errs.String()); !fault.Is(tried, fault.Invalid) {
		return false, false, tried
	}
	return strings.Contains(errs.String(), "Permission denied"), netless(), nil
}
