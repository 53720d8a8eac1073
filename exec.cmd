@rem npm scripts begin with "exec", so that signals reach node and not only sh. On Windows, cmd.exe finds this file instead.
@%*
