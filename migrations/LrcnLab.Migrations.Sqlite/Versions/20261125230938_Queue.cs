using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LrcnLab.Migrations.Sqlite.Versions
{
    /// <inheritdoc />
    public partial class Queue : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Runs_State_QueuedAt",
                table: "Runs");

            // EF would copy the whole table, outside of the migration's transaction.
            migrationBuilder.Sql("""ALTER TABLE "Runs" DROP COLUMN "JobId";""");

            migrationBuilder.AddColumn<int>(
                name: "Priority",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<double>(
                name: "QueueOrder",
                table: "Runs",
                type: "REAL",
                nullable: false,
                defaultValue: 0.0);

            migrationBuilder.AddColumn<bool>(
                name: "Yields",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "SlotHolds",
                columns: table => new
                {
                    Node = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Slot = table.Column<int>(type: "INTEGER", nullable: false),
                    Since = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SlotHolds", x => new { x.Node, x.Slot });
                });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_State_Priority_QueueOrder",
                table: "Runs",
                columns: new[] { "State", "Priority", "QueueOrder" },
                descending: new[] { false, true, false });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "SlotHolds");

            migrationBuilder.DropIndex(
                name: "IX_Runs_State_Priority_QueueOrder",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Priority",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "QueueOrder",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Yields",
                table: "Runs");

            migrationBuilder.AddColumn<string>(
                name: "JobId",
                table: "Runs",
                type: "TEXT",
                maxLength: 100,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Runs_State_QueuedAt",
                table: "Runs",
                columns: new[] { "State", "QueuedAt" });
        }
    }
}
