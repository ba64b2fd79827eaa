// Asks a witness to cosign a log, as C2SP tlog-witness says it, with Go's HTTP client, and proofs and notes by
// golang.org/x/mod, which share no code with ours: two checkpoints of one log one after the other, one that does not
// fit what the witness has seen, and a proof that proves nothing.
//
//	go run witness.go tiles.go DIR OLDER VERIFIER URL WITNESS
//
// DIR is a copy of the log, OLDER a checkpoint of before, WITNESS the line `NAME KEY` of the witness.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Verifies cosignature/v1 (C2SP tlog-cosignature): seconds, and a signature over them and the text.
type cosigner struct {
	name string
	key  ed25519.PublicKey
}

func (c cosigner) Name() string { return c.name }
func (c cosigner) KeyHash() uint32 {
	h := sha256.Sum256(append([]byte(c.name+"\n\x04"), c.key...))
	return binary.BigEndian.Uint32(h[:])
}
func (c cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 72 {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	age := time.Since(time.Unix(int64(at), 0))
	text := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, msg)
	return age > -time.Minute && age < 10*time.Minute && ed25519.Verify(c.key, []byte(text), sig[8:])
}

func want(ok bool, what string, got ...any) {
	if !ok {
		must(fmt.Errorf("%s: %v", what, got))
	}
}

type checkpoint struct {
	note string
	tree tlog.Tree
}

func read(path string, log note.Verifier) checkpoint {
	text, err := os.ReadFile(path)
	must(err)
	signed, err := note.Open(text, note.VerifierList(log))
	must(err)
	lines := strings.Split(signed.Text, "\n")
	c := checkpoint{note: string(text)}
	c.tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	must(err)
	b, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	copy(c.tree.Hash[:], b)
	return c
}

func main() {
	dir, url := os.Args[1], os.Args[4]
	log, err := note.NewVerifier(os.Args[3])
	must(err)
	name, text, _ := strings.Cut(os.Args[5], " ")
	key, err := base64.StdEncoding.DecodeString(text)
	must(err)
	older, newer := read(os.Args[2], log), read(filepath.Join(dir, "checkpoint"), log)
	want(older.tree.N < newer.tree.N, "the log has not grown", older.tree.N, newer.tree.N)
	ask := func(old int64, proof tlog.TreeProof, c checkpoint) (int, string, string) {
		body := fmt.Sprintf("old %d\n", old)
		for _, h := range proof {
			body += base64.StdEncoding.EncodeToString(h[:]) + "\n"
		}
		r, err := http.Post(url+"/add-checkpoint", "text/plain", strings.NewReader(body+"\n"+c.note))
		must(err)
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		must(err)
		return r.StatusCode, string(b), r.Header.Get("Content-Type")
	}
	good := func(old int64, proof tlog.TreeProof, c checkpoint) {
		code, line, _ := ask(old, proof, c)
		want(code == 200, "is not cosigned", code, line)
		both := note.VerifierList(log, cosigner{name, key})
		signed, err := note.Open([]byte(c.note+line), both)
		must(err)
		want(len(signed.Sigs) == 2, "the cosignature does not verify", signed.Sigs, line)
	}
	reader := tlog.TileHashReader(newer.tree, tiles{dir})
	proof, err := tlog.ProveTree(newer.tree.N, older.tree.N, reader)
	must(err)

	good(0, nil, older)
	bad := append(tlog.TreeProof{}, proof...)
	bad[0][0] ^= 1
	code, said, _ := ask(older.tree.N, bad, newer)
	want(code == 422, "a proof that proves nothing", code, said)
	code, said, kind := ask(0, nil, newer)
	want(code == 409 && kind == "text/x.tlog.size", "what it has not seen", code, kind, said)
	size, err := strconv.ParseInt(strings.TrimSpace(said), 10, 64)
	want(err == nil && size == older.tree.N, "it says what it has seen", said)
	good(older.tree.N, proof, newer)
	fmt.Printf("cosigned %d %d\n", older.tree.N, newer.tree.N)
}
