<?php
// The built-in server begins whatever is missing: what is needed is looked for before it.
if (getenv('SESSION_SECRET') === false) {
    fwrite(STDERR, "cannot start: SESSION_SECRET must be set\n");
    exit(1);
}
