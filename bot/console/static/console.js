"use strict";
// The console works without this file; what is here only makes it more comfortable.
