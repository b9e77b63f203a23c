#!/usr/bin/env node
import cli from "./load.cjs";

process.exitCode = await cli.main(process.argv.slice(2));
