"""Groups of commands, as `blobnet` itself and `blobnet demo` are."""

from __future__ import annotations

import click

from blobnet.errors import nearest_or_all


class NamingGroup(click.Group):
    """Suggests the nearest command, or tells which there are, where one is asked for by mistake."""

    def is_known(self, ctx: click.Context, name: str) -> bool:
        return name in self.list_commands(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and not self.is_known(ctx, args[0]):
            hint = nearest_or_all(args[0], self.list_commands(ctx))
            raise click.UsageError(
                f"no command '{args[0]}'; {hint or f'see {ctx.command_path} --help'}", ctx
            )
        return super().resolve_command(ctx, args)
